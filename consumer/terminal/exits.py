"""Exit statuses of the commands."""

FAILED = 1
"""The command did not do all that was asked for, or found something wrong."""

USAGE = 2
"""The input can't be used; nothing was started."""

INTERRUPTED = 130
"""Ended by Ctrl-C; shells use the same number."""
