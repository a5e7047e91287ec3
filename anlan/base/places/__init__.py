"""Located things others build on: shelters, reservoirs, danger zones, sites, vessels, cameras."""
