"""What must be true before a start: settings, programs, credentials, table, stream and topic."""
