"""What is decided: records, batches, messages, and when to checkpoint. No I/O and no clock."""
