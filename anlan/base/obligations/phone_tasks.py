"""My tasks: everything the person behind a link owes, the newest first, one tap from its answer."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from anlan.base.obligations.phone_door import Visit, serve, whole
from anlan.base.obligations.selectors.pocket import Tasks, tasks_of
from anlan.kernel import clock

#: Of what is asked, so much is told in the list; the whole stands one tap further.
TOLD = 60


@require_safe
def tasks_page(request: HttpRequest, key: str) -> HttpResponse:
    """List what is owed by whoever holds the link."""
    return serve(request, key, _drawn)


def _drawn(visit: Visit) -> str:
    page = whole(visit.request.GET.get("page", ""))
    found = tasks_of(visit.opened.actor, page or 1)
    late = ""
    if found.late:
        late = f" · {visit.say('{n} 件逾期').replace('{n}', str(found.late))}"
    count = visit.say("{n} 件没有办完").replace("{n}", str(found.total))
    head = f"<h1>{visit.say('我的任务')}</h1><p class=meta>{count}{late}</p>"
    if not found.items:
        return f"{head}<p class=done>✓ {visit.say('没有要办的事')}</p>"
    cards = "".join(_card(visit, one) for one in found.items)
    return f"{head}{cards}{_more(visit, found)}"


def _card(visit: Visit, one: Mapping[str, Any]) -> str:
    late = f" <span class=mark>{visit.say('逾期')}</span>" if one["late"] else ""
    body = str(one["body"]).strip()
    short = f"{body[:TOLD]}…" if len(body) > TOLD else body
    kind = visit.either(one["kind_label"], one["kind_label_en"])
    state = visit.either(one["state_label"], one["state_label_en"])
    where = f"{escape(str(one['region_name']))} · {kind} · {state}"
    return (
        f'<a class="task{" late" if one["late"] else ""}" href="{visit.root}/task/{one["id"]}">'
        f"<b>{escape(str(one['title']))}</b><span>{escape(short)}</span>"
        f"<span>{where}</span><span>{_until(visit, one)}</span>{late}</a>"
    )


def _until(visit: Visit, one: Mapping[str, Any]) -> str:
    """Say by when the next thing is due; nothing where no time was set."""
    due, text = one["answer_due"], "请在 {time} 前答复"
    if one["answered_at"]:
        due, text = one["done_due"], "请在 {time} 前办完"
    if due is None:
        return ""
    return visit.say(text).replace("{time}", f"{clock.local(due):%m-%d %H:%M}")


def _more(visit: Visit, found: Tasks) -> str:
    if not found.further:
        return ""
    return (
        f'<p><a class="again plain" href="?page={found.page + 1}">{visit.say("更早的任务")}</a></p>'
    )
