"""The commands `run` and `health`: start a worker, and ask it whether it makes progress."""
