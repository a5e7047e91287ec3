"""The shape of a plan: the same from a file, from the page and in the database.

A plan names who leads (groups), which responses it knows and in which stages they grow (海上防台风
Ⅳ … Ⅰ, 紧急防汛期, 结束), what asks for each stage (triggers), and what is to be done when a stage
begins (steps): by whom, by when, after what, and how it is told to be done.
"""

from typing import Literal

import msgspec

#: Levels at which posts exist, from the code table ``post-levels``.
At = Literal["province", "city", "county", "township", "village", "grid", "enterprise"]
Op = Literal[">=", ">", "<=", "<"]
#: Moments that are expected: the eye ashore, the water there, winds of force ten, dusk.
Expected = Literal["landfall", "water", "wind", "night"]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all parts have in common: keys nobody knows are refused, defaults are not written."""


class Member(Shape, frozen=True):
    """One place in a group: a title of the plan (总指挥) and the post that fills it."""

    title: str
    #: Code of a post; "" where `role` says whose posts they are.
    post: str = ""
    #: A role of the code table ``posts``: all its posts at the group's level.
    role: str = ""
    #: Hazards those posts answer for; empty: whatever they answer for.
    hazards: tuple[str, ...] = ()


class Group(Shape, frozen=True):
    """A headquarters, a working group, a department: who is in it and what it has to do."""

    key: str
    title: str
    members: tuple[Member, ...]
    at: At = "county"
    duties: tuple[str, ...] = ()


class Warned(Shape, frozen=True):
    """A warning in force of one of these hazards, at this colour or a graver one (1 is red)."""

    hazards: tuple[str, ...]
    level: Literal[1, 2, 3, 4]


class Foreseen(Shape, frozen=True):
    """A forecast that a named person approved reaches this level or a graver one."""

    hazards: tuple[str, ...]
    level: Literal[1, 2, 3, 4]


class Figure(Shape, frozen=True):
    """A figure of the situation: reservoirs over their limit, people to move, gauges over a level.

    `name` is a key of `FIGURES`; the module that starts responses reads it.
    """

    name: str
    op: Op
    number: float


class Trigger(Shape, frozen=True):
    """One reason to propose a stage; any one is enough. It never starts anything by itself."""

    text: str
    warning: Warned | None = None
    forecast: Foreseen | None = None
    figure: Figure | None = None
    confidence: str = "O"


class Stage(Shape, frozen=True):
    """One step of a response's growth. Stages stand in the order in which they may be reached.

    `level` is the response level (1 gravest); None for what is no level (紧急防汛期, 结束).
    """

    key: str
    title: str
    level: Literal[1, 2, 3, 4] | None = None
    #: Member titles or roles of whoever may start it.
    started_by: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    #: Time that is left at least until the event it prepares for, e.g. ``24h``; "" is unknown.
    lead: str = ""
    #: How often the headquarters consults, and how often those below report.
    consult_every: str = ""
    report_every: str = ""
    #: Whether what is open ends here; steps of such a stage are for afterwards.
    ends: bool = False


class Response(Shape, frozen=True):
    """A kind of response: 海上防台风, 防台风, 防汛."""

    key: str
    title: str
    hazards: tuple[str, ...]
    stages: tuple[Stage, ...]
    title_en: str = ""
    #: The moment it prepares for, from which leads and deadlines are counted back.
    expects: Expected = "landfall"


class Debtor(Shape, frozen=True):
    """Who owes a step: a member of a group, a post, or every post of a role in the region.

    `role` with `at` reaches the posts of that role at that level everywhere the response covers;
    `where` names a register: only regions in which it has rows (``vessels``), or rows of one kind
    (``danger-zones/geohazard``).
    """

    group: str = ""
    title: str = ""
    post: str = ""
    role: str = ""
    at: At | None = None
    hazards: tuple[str, ...] = ()
    where: str = ""


class Deadline(Shape, frozen=True):
    """By when: so long after the stage began, before what its response expects, at an hour.

    Whichever comes first counts. `before` holds in responses that expect `expected`, no others.
    """

    within: str = ""
    before: str = ""
    expected: Expected = "landfall"
    at: str = ""


class Answer(Shape, frozen=True):
    """One thing that is told when the step is done."""

    name: str
    label: str
    type: Literal["int", "number", "text", "choice", "bool", "photo"] = "text"
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()


class Need(Shape, frozen=True):
    """With what a step is done: so much of an item of the table ``supply-items``.

    `each`: every post that owes the step needs that much.
    """

    item: str
    amount: int
    each: bool = False


class Step(Shape, frozen=True):
    """One thing that somebody owes once one of `stages` (``response.stage``) begins."""

    key: str
    title: str
    stages: tuple[str, ...]
    who: Debtor
    deadline: Deadline
    do: str = ""
    after: tuple[str, ...] = ()
    #: What it takes, e.g. ``2h``: the checker adds it up along `after`.
    takes: str = ""
    answers: tuple[Answer, ...] = ()
    #: Whose it is to look whether it was done (核实人), before it counts as done.
    verify: Debtor | None = None
    #: Lives hang on it: somebody else verifies it, or a step that waits for it.
    vital: bool = False
    #: Ladder of its obligation; "" is the one of its kind.
    ladder: str = ""
    #: Register whose rows it is about.
    register: str = ""
    #: What it is done with (用什么), out of the register of stocks.
    needs: tuple[Need, ...] = ()
    #: Code of the team it ties up for as long as it takes.
    team: str = ""
    template: str = ""
    source: str = ""
    confidence: str = "O"


class Template(Shape, frozen=True):
    """Words prepared in advance; ``{names}`` are filled in when it is used."""

    key: str
    title: str
    text: str
    names: tuple[str, ...] = ()


class PlanSpec(Shape, frozen=True):
    """A whole plan."""

    code: str
    title: str
    region: str
    hazards: tuple[str, ...]
    groups: tuple[Group, ...]
    responses: tuple[Response, ...]
    steps: tuple[Step, ...]
    templates: tuple[Template, ...] = ()
    #: Laws and plans it rests on.
    basis: tuple[str, ...] = ()
    note: str = ""


#: What a `Figure` may be named: key to its name and unit.
FIGURES: dict[str, tuple[str, str]] = {
    "reservoirs-over-limit": ("超汛限水库", "座"),
    "gauges-over-guarantee": ("超保证水位测站", "个"),
    "gauges-over-warning": ("超警戒水位测站", "个"),
    "villages-leaving": ("达到立即转移的村", "个"),
    "villages-preparing": ("达到准备转移的村", "个"),
    "tides-over-red": ("超红色警戒潮位的站", "个"),
    "people-moved": ("已转移人数", "人"),
    "dead-or-missing": ("死亡失踪", "人"),
}
