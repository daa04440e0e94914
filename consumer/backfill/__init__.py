"""Every item of a table, published as a snapshot beside the stream's changes."""
