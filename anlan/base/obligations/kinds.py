"""Kinds of obligation: what each uses of the one engine. A module declares its own with `kind`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.base.obligations.states import WAY
from anlan.kernel.errors import Invalid
from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class Ask:
    """One field of an answer's form.

    On the phone page a required choice becomes buttons, those in `buttons` or all of them.
    An answer with one of the values in `reports` tells what was done as well (反馈).
    """

    name: str
    label: str
    label_en: str
    type: str = "text"  # text | longtext | choice | int | number | bool
    required: bool = False
    choices: tuple[tuple[str, str, str], ...] = ()  # value, label, English
    buttons: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    #: Asked only of an officer who says it for the debtor.
    on_behalf: bool = False


@dataclass(frozen=True)
class Words:
    """What exactly is asked, and who asks it as it is written on it ("" when nobody is named)."""

    body: str
    issuer: str = ""
    #: What it is about in a few characters, for channels that take no more; "" is the kind's name.
    brief: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of obligation.

    `states` are those it uses, in order; the last deed before ``closed`` closes it unless
    `verified` says that somebody else must verify. `consequence` is a named service that runs in
    the same transaction when the debtor's last deed is done: ``(subject, by)``. `heard` is one that
    runs whenever something is said, with ``(obligation, answers, by)``.

    `words` tells what exactly is asked by the subject's id, for kinds of which thousands share one
    text: it is not kept with every debt then, and nothing personal may be in it.

    `forms` tells what the report asks by the subject's id, for kinds whose debts do not all ask the
    same; it stands in for `report_form`.

    `areas` tells where it holds by the subject's id, as GeoJSON, for channels that draw it; what
    it leaves out is not known.

    `joined` says that all of one matter ask the same: whoever holds several posts that owe it is
    messaged once, and answers once for all of them.

    `noted` lets those who owe say more after their last deed, by the form of the report. `voice`
    lets them speak instead of write, `photo` hang pictures on what they say.

    `beside` are further pages under the link: (word in its address, label, English).

    `judges` tells which posts verify a report, by the obligation's id, for kinds in which that is
    somebody's business and not any officer's; what it leaves out any officer with the right may.
    `judged` runs in the same transaction when somebody other than the debtor brought it to another
    state (verified, sent back, withdrawn, struck off), with ``(obligation, subject, by)``.

    `page` draws the page behind the link for kinds that are answered by a deed of their own, from
    ``(request, opened, told)``, or makes the whole answer. Whoever does that deed settles what is
    owed; signing for one is refused through every door.
    """

    key: str
    title: str
    title_en: str
    states: tuple[str, ...]
    ladder: str
    answer_form: tuple[Ask, ...] = ()
    report_form: tuple[Ask, ...] = ()
    consequence: Callable[..., None] | None = None
    heard: Callable[..., None] | None = None
    words: Callable[[Collection[str]], Mapping[str, Words]] | None = None
    forms: Callable[[Collection[str]], Mapping[str, tuple[Ask, ...]]] | None = None
    areas: Callable[[Collection[str]], Mapping[str, str]] | None = None
    joined: bool = False
    noted: bool = False
    voice: bool = False
    photo: bool = False
    beside: tuple[tuple[str, str, str], ...] = ()
    judges: Callable[[Collection[str]], Mapping[str, frozenset[str]]] | None = None
    judged: Callable[..., None] | None = None
    page: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        if list(self.states) != [state for state in WAY if state in self.states]:
            raise Invalid(f"事项种类 {self.key} 的状态次序不对")
        if self.states[0] != "issued" or self.states[-1] != "closed":
            raise Invalid(f"事项种类 {self.key} 应从下达到销号")
        if "reported" not in self.states and any(ask.reports for ask in self.answer_form):
            raise Invalid(f"事项种类 {self.key} 没有反馈这一步")

    @property
    def verified(self) -> bool:
        """Whether somebody other than the debtor must verify."""
        return "verified" in self.states

    def after(self, state: str) -> str:
        """Tell the state this kind goes to after a deed brought it to `state`.

        A deed that leaves nothing more to be done by anybody closes at once.
        """
        place = self.states.index(state)
        return "closed" if self.states[place + 1 :] == ("closed",) else state


KINDS: Registry[Kind] = Registry("事项种类")


def kind(**declared: Any) -> Kind:
    """Declare a kind."""
    return KINDS.add(declared["key"], Kind(**declared))
