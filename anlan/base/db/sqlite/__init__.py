"""SQLite: WAL, full synchronous commits, and a first-come gate for writers."""
