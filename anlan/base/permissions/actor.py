"""Who acts: an id for the journal and the roles held, resolved once per request."""

from dataclasses import dataclass
from datetime import datetime

from anlan.kernel import clock


@dataclass(frozen=True, slots=True)
class Holding:
    """A role over a region and everything below it."""

    role: str
    #: Trimmed region code; "" is the whole country and only ever granted explicitly.
    prefix: str
    #: When it ends by itself (workspace time); None has no end.
    until: datetime | None = None
    since: datetime | None = None
    #: A delegation (代理): the id of the user who gave it; "" for a grant of one's own.
    giver: str = ""

    def holds(self) -> bool:
        """Tell whether it is in force now."""
        if self.since is None and self.until is None:
            return True
        now = clock.now()
        begun = self.since is None or self.since <= now
        return begun and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that does deeds.

    `ref` is what the journal stores, at most 40 characters: ``user:ID`` (also when a program comes
    in with a token: it acts as its user, see `via`), ``link:ID``, ``system:NAME``, ``public``.
    """

    ref: str
    user_id: str | None
    name: str
    roles: tuple[Holding, ...] = ()
    region: str = ""
    #: Id of the person in `base.people` this user is; "" when none.
    person: str = ""
    #: How it came in: ``session``, ``token``, ``link``, ``system``, ``public``.
    via: str = "session"

    @property
    def is_system(self) -> bool:
        """Whether the platform itself acts (jobs, the command line, imports at start)."""
        return self.via == "system"


def system(name: str) -> Actor:
    """Make the actor of a job or a command; it may do everything, and the journal names it."""
    return Actor(ref=f"system:{name}"[:40], user_id=None, name=f"系统（{name}）", via="system")


#: Somebody who has not said who they are: the rights of the public, everywhere.
PUBLIC = Actor(
    ref="public", user_id=None, name="公众", roles=(Holding("public", ""),), via="public"
)
