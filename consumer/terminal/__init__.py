"""What commands share: exit statuses, options, and text for a person to read."""
