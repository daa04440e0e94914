"""Which changes are published, and what is left in them. Pure: no I/O and no clock."""
