"""One shard's record processor, from the daemon's line to KCL's five verbs, and its start."""
