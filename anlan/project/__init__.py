"""Project: settings, supervisor, urls, server entry, command line and benchmark runner."""
