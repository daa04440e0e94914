"""The command `status`: shows how far each shard is read."""
