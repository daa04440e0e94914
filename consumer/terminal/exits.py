"""Exit statuses of the commands."""

FAILED = 1
"""What was asked for was not done, or not wholly."""

USAGE = 2
"""What was given can't be used; nothing was started."""

INTERRUPTED = 130
"""Ended by Ctrl-C, as a shell tells it."""
