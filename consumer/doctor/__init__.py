"""The command `doctor`: finds what is wrong with a fleet, and says what to do."""
