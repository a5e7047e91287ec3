"""What warn does by itself, one file a matter."""

from anlan.warn.jobs import calling, expiring  # noqa: F401 - they declare
