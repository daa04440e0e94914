"""The promise: record, batch, message, publish, checkpoint. Pure: no I/O and no clock."""
