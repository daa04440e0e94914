"""The command `dead-letters`: lists, shows, redrives and deletes the letters of the queue."""
