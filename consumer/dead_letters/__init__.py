"""The command `dead-letters`: lists, shows, redrives and deletes the dead letters of the queue."""
