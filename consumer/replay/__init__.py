"""The command `replay`: sets checkpoints back, so that changes are published again."""
