"""The workers of one application, seen from outside: leases, shards, lineage, backlog, status."""
