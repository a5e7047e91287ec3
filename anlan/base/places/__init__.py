"""Located things others build on: shelters, reservoirs, danger zones, key sites, vessels, cameras."""
