"""What warn does when other modules tell a fact, one file a matter."""

from anlan.warn.handlers import calling, drafting, foretelling, ordering  # noqa: F401 - subscribe
