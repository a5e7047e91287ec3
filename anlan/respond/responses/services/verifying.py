"""Steps and orders that somebody else verifies: once one is reported they owe an answer.

Whoever verifies answers that debt (已核实 or 退回), or does the same on the step's own obligation;
either way both are settled. A step sent back is reported again, and verified again.
"""

from collections.abc import Collection, Mapping
from typing import Any

from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Step
from anlan.base.permissions.actor import Actor, system
from anlan.base.vault import services as vault
from anlan.respond.responses import deed_names
from anlan.respond.responses.selectors.verifying import judges_of
from anlan.respond.responses.services.ripening import note_step_done
from anlan.respond.responses.states import CHECK

#: What is told to whoever owes a step that came back without a word why.
UNSAID = "核实人退回，没有写明原因，请与核实人联系"


def ask_to_verify(*, obligation: str, **told: Any) -> None:  # noqa: ARG001 - what hearers are told
    """Let whoever verifies a step owe that, once it is reported; heard again it is one debt."""
    row = Obligation.objects.get(pk=obligation)
    if row.state != "reported":
        return
    reports = row.steps.filter(verb="report").count()
    posts = judges_of(row.kind, row.pk)
    debts = [
        obligations.Debt(
            kind=CHECK, title=f"请核实：{row.title}"[:200], debtor=post, region=row.region_id,
            subject=(deed_names.CHECK_SUBJECT, row.pk), case=row.case,
            once=f"check:{row.pk}:{reports}:{post}",
        )
        for post in sorted(posts)
    ]  # fmt: skip
    obligations.owe_many(debts=debts, by=system("response-steps"), start=True)


def judge_by_answer(*, obligation: str, answers: Mapping[str, Any], by: Actor) -> None:
    """Do to a step what whoever verifies it answered."""
    check = Obligation.objects.get(pk=obligation)
    step = Obligation.objects.get(pk=check.subject)
    if step.state != "reported":
        return  # somebody else has verified it meanwhile, or it is over
    said = Step.objects.filter(obligation=check, verb="answer").order_by("id").last()
    text = vault.open(check.seal_subject, said.text) if said and said.text else ""
    state = str(answers["result"])
    if state == obligations.RETURNED and not text.strip():
        text = UNSAID
    judgement = obligations.Judgement(
        obligation=step.pk, state=state, reply=obligations.Reply(text),
        on_behalf=bool(said and said.on_behalf),
    )  # fmt: skip
    obligations.judge(judgement=judgement, by=by)


def settle_checks(*, obligation: str, subject: tuple[str, str], by: Actor) -> None:
    """Let nobody owe the verification of what was verified, sent back or taken back."""
    state = Obligation.objects.values_list("state", flat=True).get(pk=obligation)
    obligations.settle(
        kind=CHECK, subjects=[(deed_names.CHECK_SUBJECT, obligation)], by=by,
        done=state in ("closed", "returned"),
    )  # fmt: skip
    if state == "closed":
        note_step_done(subject=subject, by=by)


def drop_checks(steps: Collection[str], by: Actor) -> None:
    """Ask nobody any more to verify steps that are not asked for any more."""
    subjects = [(deed_names.CHECK_SUBJECT, pk) for pk in steps]
    if subjects:
        obligations.settle(kind=CHECK, subjects=subjects, by=by, done=False)
