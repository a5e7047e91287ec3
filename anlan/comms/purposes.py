"""What messages may be for: each kind of purpose says whether one is still wanted, and its words.

Asked in batches, just before messages leave: who has answered is not messaged again.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q

from anlan.kernel.registry import Registry

#: Named values a wording may use, all of them text; see `wording.NAMES`.
Told = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """One kind of purpose; every function takes ids of that kind and answers for all at once."""

    key: str
    title: str
    title_en: str
    #: Those of the ids for which messages may still leave.
    wanted: Callable[[Collection[str]], Collection[str]]
    #: id -> named values for the wording. Whoever is left out is not sent.
    told: Callable[[Collection[str]], Mapping[str, Told]]
    #: Whether `told` leaves out what is not `wanted`, so that one question answers both.
    tells_wanted: bool = False
    #: id -> where it holds, as GeoJSON, asked only where a channel draws it; what is not known is
    #: left out.
    areas: Callable[[Collection[str]], Mapping[str, str]] | None = None
    #: Purpose of the link without a password a text may carry; "" when it carries none.
    link: str = ""


PURPOSES: Registry[Purpose] = Registry("消息用途")


def declare_purpose(purpose: Purpose) -> Purpose:
    """Declare a kind of purpose."""
    return PURPOSES.add(purpose.key, purpose)


#: Narrow messages to those about one thing another module knows: its id -> a condition.
Narrow = Callable[[str], Q]
NARROWINGS: Registry[Narrow] = Registry("消息筛选")


def declare_narrowing(name: str, narrow: Narrow) -> Narrow:
    """Let lists of messages be asked for by something of another module (``?alert=ID``)."""
    return NARROWINGS.add(name, narrow)
