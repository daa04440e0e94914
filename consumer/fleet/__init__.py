"""The workers of one application as seen from outside: leases, shards, lineage, backlog, status."""
