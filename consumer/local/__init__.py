"""The command `listen`: shows what arrives at a topic, on this machine."""
