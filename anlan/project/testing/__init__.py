"""The test runner behind ``./test``: sets up what tests need, runs every check, adds it all up."""
