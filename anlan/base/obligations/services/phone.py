"""Links for phones: whoever holds one may answer one obligation, for the post it was made for."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction

from anlan.base.files.models import File
from anlan.base.files.services import destroy_files, hang_file
from anlan.base.files.sniffing import sniff
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.deeds import reach
from anlan.base.obligations.services.moving import Reply
from anlan.base.obligations.services.responding import (
    BATCH,
    Responded,
    Saying,
    respond,
    respond_each,
)
from anlan.base.obligations.states import OPEN
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.permissions.services.links import (
    Opened,
    Wanted,
    issue_links,
    note_opened,
    use_link,
    use_links,
)
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Conflict, Invalid, Missing

PURPOSE = "obligation"

#: Characters of a reply, and bytes of a spoken one: some minutes of a telephone's recorder.
LONGEST = 500
LARGEST_VOICE = 4 * 1024 * 1024
#: What recorders write; some of them put a voice into a film's container.
SPOKEN = ("audio/", "video/")

#: A link outlives its deadline, so that a late answer still finds its page.
LIVES = timedelta(days=3)


def make_links(*, obligation: str, by: Actor) -> dict[str, str]:
    """Make a link for everybody who holds the debtor's post; returns person id -> key.

    Raises `Conflict` when nobody holds the post or nothing is owed any more.
    """
    with transaction.atomic():
        row = Obligation.objects.filter(pk=obligation).first()
        if row is None or not may(by, "obligations.view", row.region_id):
            raise Missing("没有这个事项")
        permit(by, "obligations.owe", row.region_id)
        if row.state not in OPEN:
            raise Conflict("这个事项已经办结")
        holders = people.holders_of([row.debtor_id]).get(row.debtor_id, [])
        if not holders:
            raise Conflict("这个岗位没有人任职，请先在任职台账中补上")
        wanted = [
            Wanted(
                purpose=PURPOSE,
                subject=obligation,
                expires=clock.real_now() + LIVES,
                post=row.debtor_id,
                person=holder["person"],
                region=row.region_id,
            )
            for holder in holders
        ]
        keys = issue_links(wanted, by=by)
    return {one.person: key for one, key in zip(wanted, keys, strict=True)}


def see_by_link(*, opened: Opened, obligations: Sequence[str]) -> None:
    """Note that somebody has the page of a link before their eyes, and what is told on it.

    Only a page that was drawn may say so: what fetches a link without anybody looking (the preview
    of a chat, a scanner) reaches nobody.
    """
    with transaction.atomic():
        reach(obligations=obligations, by=opened.actor)
        note_opened(opened)


def respond_by_link(*, opened: Opened, reply: Reply, voice: bytes = b"") -> str:
    """Say what there is to say next about an obligation, by its link; tells which deed it was.

    `voice` is what was spoken instead of written, where the kind takes that.
    """
    with transaction.atomic():
        said = Reply(text=reply.text[:LONGEST], answers=reply.answers)
        deed = respond(obligation=opened.subject, by=opened.actor, reply=said)
        if voice:
            _keep_voice(opened, voice)
        use_link(opened)
    return deed


def respond_by_links(*, said: Sequence[tuple[Opened, Reply]]) -> list[Responded]:
    """Let many say what there is to say next by their links, each as `respond_by_link` does.

    In transactions of at most `BATCH`; one that fails does not hold back the others.
    """
    told: list[Responded] = []
    for start in range(0, len(said), BATCH):
        part = said[start : start + BATCH]
        try:
            told += _respond_together(part)
        except AnlanError:  # alone, each shows whether its link is the one that cannot be used
            told += [_respond_alone(opened, reply) for opened, reply in part]
    return told


@transaction.atomic
def _respond_together(said: Sequence[tuple[Opened, Reply]]) -> list[Responded]:
    told = respond_each(
        said=[
            Saying(one.subject, Reply(reply.text[:LONGEST], reply.answers), one.actor)
            for one, reply in said
        ]
    )
    use_links([one for (one, _), done in zip(said, told, strict=True) if done.error is None])
    return told


def _respond_alone(opened: Opened, reply: Reply) -> Responded:
    try:
        return Responded(opened.subject, respond_by_link(opened=opened, reply=reply))
    except AnlanError as error:
        return Responded(opened.subject, error=error)


def _keep_voice(opened: Opened, voice: bytes) -> None:
    row = Obligation.objects.get(pk=opened.subject)
    if not KINDS[row.kind].voice:
        raise Invalid("这里不收语音", errors={"voice": ["这里不收语音"]})
    if len(voice) > LARGEST_VOICE:
        why = "语音太长，请说得短一些"
        raise Invalid(why, errors={"voice": [why]})
    if not (sniff(voice) or "").startswith(SPOKEN):
        raise Invalid("请上传录音", errors={"voice": ["请上传录音"]})
    hang_file(
        name=f"语音 {clock.local(clock.now()):%m-%d %H.%M}", content=voice,
        subject=("obligation", row.pk), region=row.region_id, person=opened.person,
        by=opened.actor,
    )  # fmt: skip


def destroy_voices(*, cases: Collection[str]) -> int:
    """Destroy what was spoken about cases, in the caller's transaction; the caller journals."""
    owed = Obligation.objects.filter(case__in=[case for case in cases if case])
    spoken = File.objects.filter(subject_kind="obligation", subject__in=owed.values("pk"))
    subjects = set(spoken.values_list("subject", flat=True))
    return destroy_files(subject_kind="obligation", subjects=subjects)
