"""The core, broken on purpose."""
