"""Base: the Django foundations every domain module stands on."""
