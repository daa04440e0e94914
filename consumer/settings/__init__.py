"""Settings: one properties file, overridden by the environment, checked as a whole."""
