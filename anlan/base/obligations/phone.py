"""The page behind an SMS link: one obligation, big buttons, no password; no script needed.

It is plain HTML made here, a few kilobytes, so that it opens on a weak phone in a weak cell. What
it asks is the form its kind declares: the first required choice becomes the buttons.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from anlan.base.door.phrases import said
from anlan.base.obligations import selectors, services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.phone_dress import SEEN, dressed
from anlan.base.obligations.services.phone import LARGEST_VOICE, LONGEST, PURPOSE
from anlan.base.permissions.services.links import Opened, open_link
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Conflict, Missing

#: What was done -> what the page says of it.
THANKS = {"answer": "已签收，谢谢。", "report": "已反馈，谢谢。", "note": "已收到补充，谢谢。"}

Say = Callable[[str], str]


@require_http_methods(["GET", "HEAD", "POST"])
def phone_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is owed, take what is said about it, or that it is before somebody's eyes."""
    language = str(getattr(request, "language", "zh"))

    def told(text: str) -> str:
        return escape(said(text, language))

    try:
        opened = open_link(key, PURPOSE)
        if SEEN in request.POST:
            services.see_by_link(opened=opened, obligations=_asked(opened).obligations)
            return HttpResponse(status=204)
        return dressed(_inside(request, opened, told, language), language=language)
    except Missing as error:
        inside = f"<h1>{told('无法打开')}</h1><p>{told(error.detail)}</p>"
        return dressed(inside, language=language, status=error.status)
    except Conflict as error:
        inside = f"<p class=done>{told(error.detail)}</p>{_again(told)}"
        return dressed(inside, language=language, status=error.status)
    except AnlanError as error:
        why = "".join(
            f"<p>{told(text)}</p>"
            for texts in getattr(error, "errors", {}).values()
            for text in texts
        )
        inside = f"<p class=wrong>{told('没有成功')}：{told(error.detail)}</p>{why}{_again(told)}"
        return dressed(inside, language=language, status=error.status)


def _inside(request: HttpRequest, opened: Opened, told: Say, language: str) -> str:
    """Draw what the kind shows, after taking what was said."""
    kind = KINDS[_asked(opened).item["kind"]]
    if kind.page is not None:
        return kind.page(request=request, opened=opened, told=told)
    if request.method == "POST":
        return _answered(request, opened, told, language) + _beside(request, kind, language)
    return _page(_asked(opened), told, language) + _beside(request, kind, language)


def _asked(opened: Opened) -> selectors.Asked:
    return selectors.asked_of(opened.actor, opened.subject)


def _beside(request: HttpRequest, kind: Kind, language: str) -> str:
    """Lead to the further pages a kind has under the same link."""
    return "".join(
        f'<p><a class=again href="{escape(request.path)}/{word}">'
        f"{escape(label_en if language == 'en' else label)}</a></p>"
        for word, label, label_en in kind.beside
    )


def _again(told: Say) -> str:
    return f'<a class=again href="">{told("返回")}</a>'


def _answered(request: HttpRequest, opened: Opened, told: Say, language: str) -> str:
    item = _asked(opened).item
    form = _form_of(item, KINDS[item["kind"]])
    spoken = request.FILES.get("voice")
    deed = services.respond_by_link(
        opened=opened,
        reply=services.Reply(text=request.POST.get("text", ""), answers=_read(form, request.POST)),
        voice=spoken.read(LARGEST_VOICE + 1) if spoken else b"",
    )
    after = _asked(opened).item
    # Whoever says at once that they are there has reported too.
    reported = deed == "answer" and any(step["verb"] == "report" for step in after["steps"])
    told_of = "report" if reported else deed
    thanks = f"<p class=done>✓ {told(THANKS[told_of])}</p>"
    about = f"{escape(str(item['title']))} · {told('编号')} {escape(opened.subject)}"
    return f"{thanks}<p class=meta>{about}</p>{_more(after, told, language)}"


def _read(form: Sequence[Ask], posted: Mapping[str, Any]) -> dict[str, Any]:
    """Read the kind's own fields; the engine refuses what does not fit them."""
    found: dict[str, Any] = {}
    for ask in form:
        text = str(posted.get(ask.name, "")).strip()
        if ask.type == "bool":
            found[ask.name] = bool(text)
        elif text:
            found[ask.name] = _number(ask, text)
    return found


def _number(ask: Ask, text: str) -> Any:
    """Read a number where one is asked; what is none stays as it was written, and is refused."""
    if ask.type == "int" and text.isdecimal():
        return int(text)
    if ask.type == "number":
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _form_of(item: Mapping[str, Any], kind: Kind) -> tuple[Ask, ...]:
    """Tell what is asked next."""
    if item["state"] in ("issued", "reached"):
        return kind.answer_form
    return selectors.report_form(kind.key, item["subject"]["id"])


def _page(asked: selectors.Asked, told: Say, language: str) -> str:
    item = asked.item
    due, kind = item["answer_due"], KINDS[item["kind"]]
    state = item["state"]
    place = item["kind_label_en"] if language == "en" else item["kind_label"]
    until = ""
    if due and not item["answered_at"]:
        until = told("请在 {time} 前答复").replace("{time}", f"{clock.local(due):%m-%d %H:%M}")
    if len(asked.obligations) > 1 and not item["answered_at"]:
        once = told("这条叫到 {n} 个岗位，答一次就都答了")
        until += f"<br>{once.replace('{n}', str(len(asked.obligations)))}"
    now = " data-now=1" if state in ("issued", "reached") else ""
    head = (
        f"<p class=meta>{escape(str(item['region_name']))} · {escape(str(place))}</p>"
        f"<div id=told><h1>{escape(str(item['title']))}</h1>"
        f"<div class=card>{escape(str(item['body'] or item['title']))}</div>"
        f"<p class=meta>{until}</p></div>"
        f"<button id=say type=button hidden{now}>▶ {told('读给我听')}</button>"
    )
    if state in ("issued", "reached"):
        return head + _form(kind.answer_form, kind, told, language)
    if state != "withdrawn" and item["answered_at"]:
        return f"{head}<p class=done>✓ {told('已经签收')}</p>{_more(item, told, language)}"
    label = item["state_label_en"] if language == "en" else item["state_label"]
    return f"{head}<p class=done>{escape(str(label))}</p>{_more(item, told, language)}"


def _more(item: Mapping[str, Any], told: Say, language: str) -> str:
    """Offer what may still be said: that it is done, that help is needed."""
    kind = KINDS[item["kind"]]
    if not {one["verb"] for one in item["verbs"]} & {"report", "note"}:
        return ""
    return _form(_form_of(item, kind), kind, told, language)


def _form(form: Sequence[Ask], kind: Kind, told: Say, language: str) -> str:
    form = [ask for ask in form if not ask.on_behalf]
    pressed = next((ask for ask in form if ask.required and ask.choices), None)
    fields = "".join(_field(ask, language) for ask in form if ask is not pressed)
    voice = recorder = ""
    if kind.voice:
        voice = (
            f"<label for=voice>{told('说一段话（可不录）')}</label>"
            '<input id=voice type=file name=voice accept="audio/*" capture>'
        )
        recorder = (
            f'<button id=rec type=button hidden data-stop="{told("说完了")}" '
            f'data-again="{told("重新说")}">● {told("按一下，说一段话")}</button>'
            "<audio id=heard controls hidden></audio>"
        )
    words = (
        f"<label for=text>{told('要说明的情况（可不填）')}</label>"
        f"<textarea id=text name=text maxlength={LONGEST}></textarea>"
    )
    return (
        f"<form method=post enctype=multipart/form-data>{fields}{recorder}"
        f"<details><summary>{told('补充说明')}</summary>{words}{voice}</details>"
        f"<div class=acts>{_buttons(pressed, told, language)}</div></form>"
    )


def _buttons(pressed: Ask | None, told: Say, language: str) -> str:
    if pressed is None:
        return f"<button>{told('已收到')}</button>"
    shown = pressed.buttons or tuple(value for value, _, _ in pressed.choices)
    return "".join(
        f'<button name="{escape(pressed.name)}" value="{escape(value)}">'
        f"{escape(label_en if language == 'en' else label)}</button>"
        for value, label, label_en in pressed.choices
        if value in shown
    )


def _field(ask: Ask, language: str) -> str:
    name = escape(ask.name)
    label = f"<label for={name}>{escape(ask.label_en if language == 'en' else ask.label)}</label>"
    needed = " required" if ask.required else ""
    if ask.choices:
        options = "".join(
            f'<option value="{escape(value)}">{escape(en if language == "en" else zh)}</option>'
            for value, zh, en in (("", "", ""), *ask.choices)
        )
        return f"{label}<select id={name} name={name}{needed}>{options}</select>"
    if ask.type == "longtext":
        return f"{label}<textarea id={name} name={name}{needed}></textarea>"
    kind = {"int": "number min=0", "number": "number step=any", "bool": "checkbox"}.get(
        ask.type, "text"
    )
    return f"{label}<input id={name} name={name} type={kind}{needed}>"
