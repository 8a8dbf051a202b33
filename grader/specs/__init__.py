"""assignment.yaml to domain values; every fault with file:line:column, all of them at once."""
