"""What a phone does by a link: open what its person owes, answer with pictures, each once.

A link was sent for one obligation, to one person. By it they may deal with everything they owe
themselves, and with nothing of anybody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction

from anlan.base.files.services import hang_file
from anlan.base.files.sniffing import sniff
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.selectors import is_mine
from anlan.base.obligations.services.moving import NOTHING, Reply
from anlan.base.obligations.services.phone import (
    LARGEST_VOICE,
    LONGEST,
    PURPOSE,
    SPOKEN,
    respond_by_link,
)
from anlan.base.permissions.services.links import Opened, open_link
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing, Unavailable

#: What one link may say about one obligation in an hour: more is a broken phone, or play.
MOST_AN_HOUR = 30
#: Pictures of one answer, and bytes of each: the page makes them smaller, an old phone cannot.
MOST_PHOTOS = 6
LARGEST_PHOTO = 8 * 1024 * 1024


@dataclass(frozen=True)
class Spoken:
    """What comes with one press: the words, a voice, pictures.

    `verb` is what the page asked for (answer, report, note), "" where nobody says.
    """

    reply: Reply = NOTHING
    verb: str = ""
    voice: bytes = b""
    photos: Sequence[bytes] = ()


def open_task(key: str, obligation: str = "") -> Opened:
    """Tell who comes in by a link, for its own obligation or for another one of theirs.

    `Missing` for a link that is over, and alike for what is not theirs to answer.
    """
    opened = open_link(key, PURPOSE)
    row = Obligation.objects.filter(pk=obligation or opened.subject).first()
    if row is None or not is_mine(row, opened.actor):
        raise Missing("没有这个事项")
    return replace(opened, subject=row.pk)


def say_by_link(*, opened: Opened, spoken: Spoken) -> str:
    """Say what there is to say next, with its pictures; tells which deed it was.

    What the same link said before in answer to the same question is said once: a phone that heard
    no answer sends again. Raises `Unavailable` for too much in an hour.
    """
    with transaction.atomic():
        Obligation.objects.select_for_update().filter(pk=opened.subject).first()
        if spoken.verb and _is_repeated(opened, spoken):
            return spoken.verb
        _check_often(opened)
        check_photos(spoken.photos)
        deed = respond_by_link(opened=opened, reply=spoken.reply, voice=spoken.voice)
        row = Obligation.objects.get(pk=opened.subject)
        if spoken.photos and not KINDS[row.kind].photo:
            raise Invalid("这里不收照片", errors={"photo": ["这里不收照片"]})
        hang_photos(spoken.photos, ("obligation", row.pk), row.region_id, opened)
    return deed


def check_photos(photos: Sequence[bytes]) -> None:
    """Refuse pictures that are too many, too large, or none."""
    why = ""
    if len(photos) > MOST_PHOTOS:
        why = f"一次最多 {MOST_PHOTOS} 张照片"
    elif any(len(one) > LARGEST_PHOTO for one in photos):
        why = f"照片超过 {LARGEST_PHOTO // 1024 // 1024} MB"
    elif not all((sniff(one) or "").startswith("image/") for one in photos):
        why = "请上传照片"
    if why:
        raise Invalid(why, errors={"photo": [why]})


def check_voice(voice: bytes) -> None:
    """Refuse a recording that is too long, or none."""
    why = "" if (sniff(voice) or "").startswith(SPOKEN) else "请上传录音"
    if len(voice) > LARGEST_VOICE:
        why = "语音太长，请说得短一些"
    if why:
        raise Invalid(why, errors={"voice": [why]})


def hang_photos(
    photos: Sequence[bytes], subject: tuple[str, str], region: str, opened: Opened
) -> None:
    """Hang pictures that came by a link on what they show, in the caller's transaction."""
    for number, content in enumerate(photos, start=1):
        hang_file(
            name=f"照片 {clock.local(clock.now()):%m-%d %H.%M} {number}", content=content,
            subject=subject, region=region, by=opened.actor,
        )  # fmt: skip


def _check_often(opened: Opened) -> None:
    since = clock.now() - timedelta(hours=1)
    said = Step.objects.filter(obligation=opened.subject, by=opened.actor.ref, at__gt=since)
    if said.count() >= MOST_AN_HOUR:
        raise Unavailable("一小时内说得太多，过一会儿再发；急事请直接打电话")


def _is_repeated(opened: Opened, spoken: Spoken) -> bool:
    """Tell whether this link said just this when it was asked this."""
    row = Obligation.objects.filter(pk=opened.subject).exclude(state="returned").first()
    if row is None:
        return False
    said = row.steps.filter(by=opened.actor.ref, verb=spoken.verb)
    last = said.order_by("-id").first()
    if last is None:
        return False
    (texts,) = vault.open_many([(row.seal_subject, {"text": last.text or None})])
    same_words = (texts["text"] or "") == spoken.reply.text[:LONGEST].strip()
    return same_words and dict(last.answers) == dict(spoken.reply.answers)
