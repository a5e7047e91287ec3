"""What warn does when other modules tell a fact, one file a matter."""

from anlan.warn.handlers import calling, drafting, ordering  # noqa: F401 - they subscribe
