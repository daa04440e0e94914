"""Programs that make what is deployed."""
