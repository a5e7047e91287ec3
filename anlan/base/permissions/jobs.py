"""Keeping house: what ended by itself is dropped."""

from anlan.base.jobs.registry import JobContext, every, job
from anlan.base.permissions.services import links, refusals, sessions


@every(hours=6)
@job("permissions.sweep", title="清理过期的会话和链接", title_en="Sweep sessions and links")
def sweep(_context: JobContext) -> dict[str, int]:
    """Drop sessions, links and failure counters that nobody can use any more."""
    return {
        "sessions": sessions.sweep(),
        "links": links.sweep(),
        "refusals": refusals.sweep(),
    }
