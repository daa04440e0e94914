"""The edges: each module speaks to one thing outside and decides nothing."""
