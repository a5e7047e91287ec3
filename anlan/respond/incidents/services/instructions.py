"""领导批示: what a leader said about an incident, and the feedback that is owed on it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.respond.incidents.models import Incident, Instruction
from anlan.respond.incidents.services.noting import going_on, log, note

KIND = "incident-instruction"
SUBJECT = "incident-instruction"
LONGEST = 2000
LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a leader said; `post` shall see to it, and tell what came of it within `minutes`."""

    leader: str
    text: str
    given_at: datetime | None = None
    post: str = ""
    minutes: int = 60


def note_instruction(*, incident: str, said: Said, by: Actor) -> Instruction:
    """Note an instruction; whoever shall see to it owes the feedback."""
    with transaction.atomic():
        row = going_on(incident, by, "incidents.instruct")
        debtor = _checked(said)
        made = Instruction(
            incident=row, leader=said.leader.strip()[:LONGEST_NAME],
            given_at=said.given_at or clock.now(), by=by.ref, noted_at=clock.now(),
        )  # fmt: skip
        made.text = vault.seal(row.case, said.text.strip()[:LONGEST])
        if debtor is not None:
            made.obligation = _owe(row, made, said, debtor, by)
        made.save(force_insert=True)
        note(row, "instructed", by, {"instruction": made.pk, "leader": made.leader,
                                     "obligation": made.obligation})  # fmt: skip
        log(row, f"{made.leader}批示", f"instruction:{made.pk}", by)
    return made


def _owe(row: Incident, made: Instruction, said: Said, debtor: Post, by: Actor) -> str:
    debt = obligations.Debt(
        kind=KIND, title=f"办理{made.leader}批示：{row.title}"[:200], debtor=debtor.pk,
        region=debtor.region_id, body=said.text.strip()[:LONGEST], subject=(SUBJECT, made.pk),
        case=row.case, done_within=Span(said.minutes, "minute"),
    )  # fmt: skip
    return obligations.owe(debt=debt, by=by)


def _checked(said: Said) -> Post | None:
    errors: dict[str, list[str]] = {}
    if not said.leader.strip():
        errors["leader"] = ["必须填写"]
    if not said.text.strip():
        errors["text"] = ["必须填写"]
    if said.given_at and said.given_at > clock.now():
        errors["given_at"] = ["批示时间不能在将来"]
    if not 1 <= said.minutes <= 10080:
        errors["minutes"] = ["应为 1 到 10080 分钟"]
    debtor = Post.objects.filter(pk=said.post, retired_at=None).first() if said.post else None
    if said.post and debtor is None:
        errors["post"] = ["没有这个岗位"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    return debtor
