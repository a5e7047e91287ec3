"""Code tables: national and international codes as versioned CSV and TOML, and one small loader."""
