"""The command `backfill`: publishes every item of a table as a snapshot beside the stream."""
