"""The promise, broken on purpose, one way at a time."""
