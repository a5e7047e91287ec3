"""Find subjects by what was sealed."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count

from anlan.base.vault import ciphers, keyring, tokens
from anlan.base.vault.models import Token

#: Nobody reads more hits than these; a longer list says "ask more exactly".
MOST_HITS = 1000


def subjects_matching(
    kind: str, text: str, *, limit: int = MOST_HITS, among: Any = None
) -> list[str]:
    """List the subjects kept under what was asked; see `tokens` for the kinds.

    `among`, a queryset of ids, keeps those of one table: names of residents and of officers stand
    side by side here.

    For ``chars`` every pair of neighbouring characters must match, so a hit may rarely be wrong
    (王小明小 for 小明王小): open the values before acting on them.
    """
    asked = tokens.ask(kind, text)
    if not asked:
        return []
    key = keyring.find([keyring.TOKENS]).by_subject.get(keyring.TOKENS)
    if key is None:
        return []
    macs = {ciphers.token(key, kind, one) for one in asked}
    hits = Token.objects.filter(kind=kind, mac__in=macs).values_list("subject", flat=True)
    if among is not None:
        hits = hits.filter(subject__in=among)
    if len(macs) > 1:
        hits = hits.annotate(n=Count("mac")).filter(n=len(macs)).values_list("subject", flat=True)
    return list(hits.order_by("subject")[:limit])


def is_destroyed(subjects: list[str]) -> set[str]:
    """Tell which of these subjects were erased."""
    return set(keyring.find(subjects).destroyed)


def subjects_by_text(kind: str, texts: Collection[str]) -> dict[str, list[str]]:
    """Find the subjects of many texts at once; for kinds kept under the whole value (phone, name).

    Texts nobody is kept under are left out.
    """
    key = keyring.find([keyring.TOKENS]).by_subject.get(keyring.TOKENS)
    if key is None:
        return {}
    macs: dict[int, list[str]] = {}
    for text in set(texts):
        for asked in tokens.ask(kind, text):
            macs.setdefault(ciphers.token(key, kind, asked), []).append(text)
    found: dict[str, list[str]] = {}
    for part in keyring.chunks(sorted(macs)):
        hits = Token.objects.filter(kind=kind, mac__in=part).order_by("subject")
        for mac, subject in hits.values_list("mac", "subject"):
            for text in macs[mac]:
                found.setdefault(text, []).append(subject)
    return found
