"""The embedded store: an append log and a manifest in SQLite, closed rows in Parquet files."""
