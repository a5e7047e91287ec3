"""Questions about what is owed: mine, my unit's, a case's; one with its steps and rungs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anlan.base.files.selectors import files_of
from anlan.base.language import english
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.ladders import WHOM
from anlan.base.obligations.models import Obligation, Rung, Step
from anlan.base.obligations.selectors.forms import form_in, forms_of
from anlan.base.obligations.selectors.judging import judges_of, may_judge
from anlan.base.obligations.selectors.words import words_of
from anlan.base.obligations.states import LIFECYCLE, OPEN
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition, may
from anlan.base.regions import scope
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Missing

SCOPES = ("mine", "unit", "case", "all")

VERBS = {
    "answer": ("签收", "Sign for it"),
    "report": ("反馈", "Report"),
    "note": ("补充", "Say more"),
    "verify": ("核实", "Verify"),
    "return": ("退回", "Return"),
    "withdraw": ("撤回", "Withdraw"),
    "close": ("销号", "Close"),
    "extend": ("申请延期", "Ask for more time"),
    "pause": ("申请暂停", "Ask for a pause"),
    "approve": ("批准", "Approve"),
    "refuse": ("不批准", "Decline"),
    "resume": ("恢复计时", "Resume"),
}
#: What else is done with an obligation, by nobody's button.
DONE = VERBS | {"defer": ("调整期限", "Deadline moved")}

REASON = Ask("text", "理由", "Reason", "longtext", required=True)
WORDS = Ask("text", "说明", "Words", "longtext")
#: What each verb asks beside the kind's own form.
FORMS: dict[str, tuple[Ask, ...]] = {
    "answer": (WORDS,),
    "report": (WORDS,),
    "note": (WORDS,),
    "verify": (WORDS,),
    "return": (REASON,),
    "withdraw": (WORDS,),
    "close": (WORDS,),
    "extend": (Ask("until", "延至", "Until", "datetime", required=True), REASON),
    "pause": (REASON,),
    "refuse": (REASON,),
}


@dataclass(frozen=True)
class Query:
    """What a list of obligations is asked for."""

    scope: str = "mine"
    case: str = ""
    kind: str = ""
    state: str = ""
    region: str = ""
    late: bool = False
    page: int = 1
    size: int = 50


def mine(actor: Actor) -> Q:
    """Build the condition "owed by a post I hold, or a rung turned to one"."""
    posts = people.posts_of(actor)
    if not posts:
        return Q(pk__in=[])
    turned = Rung.objects.filter(obligation=OuterRef("pk"), post__in=posts)
    return Q(debtor__in=posts) | Q(Exists(turned))


def is_mine(row: Obligation, actor: Actor) -> bool:
    """Tell whether an obligation is the actor's to answer."""
    posts = people.posts_of(actor)
    if not posts:
        return False
    return row.debtor_id in posts or row.rungs.filter(post__in=posts).exists()


def listed(actor: Actor, query: Query) -> "QuerySet[Obligation]":
    """Narrow obligations to what the actor may see and asks for; late ones first, then by due."""
    seen = condition(actor, "obligations.view", "region_id")
    rows = Obligation.objects.all()
    if query.scope == "mine":
        rows = rows.filter(mine(actor))
    elif query.scope == "unit":
        rows = rows.filter(debtor__unit__in=people.units_of(actor))
    elif seen is not None:
        rows = rows.filter(seen) if seen else rows.none()
    if query.case:
        rows = rows.filter(case=query.case)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.region:
        rows = scope.below(rows, query.region)
    # Open is `closed_at` null: the indexes are conditioned on it.
    wanted = {"state__in": query.state.split(",")} if query.state else {"closed_at": None}
    rows = rows.filter(**wanted)
    if query.late:
        rows = rows.filter(lapsed_at__isnull=False)
    return rows


def page(actor: Actor, query: Query) -> dict[str, Any]:
    """Read one page, with how many are open and late in this scope."""
    rows = listed(actor, query)
    counts = rows.aggregate(total=Count("pk"), late=Count("pk", filter=Q(lapsed_at__isnull=False)))
    start = (max(query.page, 1) - 1) * query.size
    found = rows.select_related("debtor", "debtor__unit", "region")
    shown = list(found.order_by("-lapsed_at", "answer_due", "-id")[start : start + query.size])
    return {
        "items": describe(shown, actor),
        "total": counts["total"],
        "counts": {"open": counts["total"], "late": counts["late"]},
        "page": query.page,
        "size": query.size,
        "as_of": clock.now(),
    }


def describe(rows: Sequence[Obligation], actor: Actor) -> list[dict[str, Any]]:
    """Say obligations in words, their holders looked up in one query."""
    holders = people.holders_of([row.debtor_id for row in rows])
    posts = people.posts_of(actor)
    turned = set(
        Rung.objects.filter(obligation__in=rows, post__in=posts).values_list(
            "obligation", flat=True
        )
    )
    bodies, asked, judges = words_of(rows), forms_of(rows), judges_of(rows)
    now = clock.now()
    items = []
    for row, words in zip(rows, bodies, strict=True):
        own = row.debtor_id in posts or row.pk in turned
        kind = KINDS[row.kind]
        state = LIFECYCLE[row.state]
        items.append(
            {
                "id": row.pk,
                "kind": row.kind,
                "kind_label": kind.title,
                "kind_label_en": kind.title_en,
                "title": row.title,
                "body": words.body,
                "subject": {"kind": row.subject_kind, "id": row.subject},
                "state": row.state,
                "state_label": state.label,
                "state_label_en": state.label_en,
                "tone": state.tone,
                "debtor": {
                    "post": row.debtor_id,
                    "title": row.debtor.title,
                    "unit": row.debtor.unit.name,
                    "holders": holders.get(row.debtor_id, []),
                },
                "region": row.region_id,
                "region_name": row.region.name,
                "case": row.case,
                "issued_at": row.issued_at,
                "answer_due": row.answer_due,
                "done_due": row.done_due,
                "answered_at": row.answered_at,
                "climb_at": row.climb_at,
                "rung": row.rung,
                "late": _is_late(row, now),
                "paused": row.paused_at is not None,
                "wish": row.wish,
                "wish_until": row.wish_until,
                "mine": own,
                "verbs": verbs(
                    row,
                    actor,
                    form_in(asked, row),
                    own=own,
                    judge=may_judge(row, actor, posts, judges),
                ),
            }
        )
    return items


def _is_late(row: Obligation, now: Any) -> bool:
    if row.lapsed_at is not None:
        return True
    due = row.answer_due if row.answered_at is None else row.done_due
    return row.state in OPEN and row.paused_at is None and due is not None and due <= now


def verbs(
    row: Obligation, actor: Actor, report: tuple[Ask, ...], *, own: bool, judge: bool
) -> list[dict[str, Any]]:
    """List what the actor may do with an obligation now, with the form of each deed.

    `report` is what its report asks; `judge` whether it is theirs to verify.
    """
    kind = KINDS[row.kind]
    found = []
    for verb in _possible(row, actor, own=own, judge=judge):
        own_form = forms(kind, report).get(verb, ())
        label, label_en = VERBS[verb]
        form = [_ask(ask) for ask in (*own_form, *FORMS.get(verb, ()))]
        found.append({"verb": verb, "label": label, "label_en": label_en, "form": form})
    return found


def forms(kind: Kind, report: tuple[Ask, ...]) -> dict[str, tuple[Ask, ...]]:
    """Tell what a kind asks with each deed of those who owe."""
    return {"answer": kind.answer_form, "report": report, "note": report}


def _possible(row: Obligation, actor: Actor, *, own: bool, judge: bool) -> list[str]:
    def allowed(verb: str) -> bool:
        return may(actor, f"obligations.{verb}", row.region_id)

    kind = KINDS[row.kind]
    officer = allowed("owe")
    tests = {
        "answer": kind.page is None
        and row.state in ("issued", "reached")
        and (own or (officer and allowed("answer"))),
        "report": "reported" in kind.states
        and row.state in ("answered", "returned")
        and (own or (officer and allowed("report"))),
        "note": kind.noted
        and row.state not in ("issued", "reached", "answered", "returned")
        and (own or (officer and allowed("report"))),
        "verify": kind.verified and row.state == "reported" and judge,
        "return": row.state == "reported" and judge,
        "close": row.state == "verified" and allowed("close"),
        "withdraw": allowed("withdraw"),
        "extend": not row.wish and (own or (officer and allowed("extend"))),
        "pause": not row.wish
        and row.paused_at is None
        and (own or (officer and allowed("extend"))),
        "approve": bool(row.wish) and row.wish_by != actor.ref and allowed("approve"),
        "refuse": bool(row.wish) and row.wish_by != actor.ref and allowed("approve"),
        "resume": row.paused_at is not None and allowed("approve"),
    }
    over = row.state not in OPEN
    return [verb for verb, possible in tests.items() if possible and (verb == "note" or not over)]


def _ask(ask: Ask) -> dict[str, Any]:
    return {
        "name": ask.name,
        "label": ask.label,
        "label_en": ask.label_en,
        "type": ask.type,
        "required": ask.required,
        "on_behalf": ask.on_behalf,
        "choices": [
            {"value": value, "label": label, "label_en": label_en}
            for value, label, label_en in ask.choices
        ]
        or None,
    }


def one(actor: Actor, obligation: str) -> dict[str, Any]:
    """Read one obligation with its steps and the rungs it climbed."""
    row = (
        Obligation.objects.select_related("debtor", "debtor__unit", "region")
        .filter(pk=obligation)
        .first()
    )
    if row is None or not (may(actor, "obligations.view", row.region_id) or is_mine(row, actor)):
        raise Missing("没有这个事项")
    item = describe([row], actor)[0]
    item["steps"] = _steps(row)
    item["rungs"] = _rungs(row)
    item["files"] = files_of("obligation", row.pk)
    return item


def _steps(row: Obligation) -> list[dict[str, Any]]:
    steps = list(Step.objects.filter(obligation=row).order_by("id"))
    names = permissions.names_of({step.by for step in steps} | {row.issued_by})
    texts = vault.open_many([(row.seal_subject, {"text": step.text or None}) for step in steps])
    first = {
        "at": row.issued_at, "verb": "issue", "label": "下达", "label_en": english("下达"),
        "by": row.issued_by, "by_name": names.get(row.issued_by, row.issued_by),
        "on_behalf": False, "text": "", "answers": {},
    }  # fmt: skip
    told = [
        {
            "at": step.at,
            "verb": step.verb,
            "label": DONE.get(step.verb, (step.verb, step.verb))[0],
            "label_en": DONE.get(step.verb, (step.verb, step.verb))[1],
            "by": step.by,
            "by_name": names.get(step.by, step.by),
            "on_behalf": step.on_behalf,
            "text": text["text"] or "",
            "answers": step.answers,
        }
        for step, text in zip(steps, texts, strict=True)
    ]
    return [first, *told]


def _rungs(row: Obligation) -> list[dict[str, Any]]:
    rungs = list(row.rungs.select_related("post", "post__unit").order_by("id"))
    holders = people.holders_of([rung.post_id for rung in rungs if rung.post_id])
    return [
        {
            "number": rung.number,
            "at": rung.at,
            "whom": rung.whom,
            "whom_label": WHOM[rung.whom][0],
            "whom_label_en": WHOM[rung.whom][1],
            "post": rung.post.title if rung.post else None,
            "unit": rung.post.unit.name if rung.post else None,
            "holders": holders.get(rung.post_id, []) if rung.post_id else [],
            "channels": rung.channels,
            "gap": rung.post_id is None and rung.whom != "door",
        }
        for rung in rungs
    ]


def open_count(actor: Actor) -> dict[str, int]:
    """Count what the actor owes now, and how much of it is late."""
    rows = Obligation.objects.filter(mine(actor), closed_at=None)
    return rows.aggregate(open=Count("pk"), late=Count("pk", filter=Q(lapsed_at__isnull=False)))
