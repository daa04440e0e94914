"""The command `settings`: every setting, its default and what it does."""
