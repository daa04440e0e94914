"""AWS: clients and credentials, and errors put into words."""
