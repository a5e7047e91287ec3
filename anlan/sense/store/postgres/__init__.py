"""The grown store: commits land as they come, then move to day partitions in PostgreSQL."""
