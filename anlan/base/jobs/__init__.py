"""Background work: one table, leases, retries, schedules."""
