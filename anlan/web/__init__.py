"""Web: the metadata API and the built front end."""
