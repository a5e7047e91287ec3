"""The page behind an SMS link: one obligation, big buttons, no password; no script needed.

It is plain HTML made here, a few kilobytes, so that it opens on a weak phone in a weak cell. What
it asks is the form its kind declares: the first required choice becomes the buttons.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from anlan.base.door.phrases import said
from anlan.base.obligations import selectors, services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.phone_door import Visit, field, line, serve, whole
from anlan.base.obligations.phone_dress import SEEN
from anlan.base.obligations.services.phone import LARGEST_VOICE, LONGEST
from anlan.base.obligations.services.pocket import (
    LARGEST_PHOTO,
    MOST_PHOTOS,
    Spoken,
    say_by_link,
)
from anlan.base.permissions.services.links import Opened
from anlan.kernel import clock

#: Answers that say no more than that help is wanted, and look like it.
_TONES = {"need-help": " class=help"}
#: What was done -> what the page says of it.
THANKS = {"answer": "已签收，谢谢。", "report": "已反馈，谢谢。", "note": "已收到补充，谢谢。"}


@require_http_methods(["GET", "HEAD", "POST"])
def phone_page(request: HttpRequest, key: str, obligation: str = "") -> HttpResponse:
    """Show what is owed, take what is said about it, or that it is before somebody's eyes.

    `obligation` is another one of whoever holds the link.
    """
    return serve(request, key, _shown, obligation=obligation)


def _shown(visit: Visit) -> str | HttpResponse:
    """Draw what the kind shows, after taking what was said."""
    request, opened = visit.request, visit.opened
    if SEEN in request.POST:
        services.see_by_link(opened=opened, obligations=_asked(opened).obligations)
        return HttpResponse(status=204)
    kind = KINDS[_asked(opened).item["kind"]]
    if kind.page is not None:
        made: str | HttpResponse = kind.page(request=request, opened=opened, told=visit.say)
        return made
    if request.method != "POST":
        return _page(_asked(opened), visit) + _beside(visit, kind)
    before = _asked(opened).item
    deed = _say(visit, before)
    after = _asked(opened).item
    # Whoever says at once that they are there has reported too.
    reported = deed == "answer" and any(step["verb"] == "report" for step in after["steps"])
    thanks = THANKS["report" if reported else deed]
    if visit.is_kept:
        return line(said(thanks, visit.language))
    about = f"{escape(str(before['title']))} · {visit.say('编号')} {escape(opened.subject)}"
    told = f"<p class=done>✓ {visit.say(thanks)}</p><p class=meta>{about}</p>"
    return told + _more(after, visit) + _beside(visit, kind)


def _asked(opened: Opened) -> selectors.Asked:
    return selectors.asked_of(opened.actor, opened.subject)


def _beside(visit: Visit, kind: Kind) -> str:
    """Lead to the further pages a kind has under the same link."""
    return "".join(
        f'<p><a class=again href="{escape(visit.request.path)}/{word}">'
        f"{visit.either(label, label_en)}</a></p>"
        for word, label, label_en in kind.beside
    )


def _say(visit: Visit, item: Mapping[str, Any]) -> str:
    """Take one press; tells which deed it was."""
    posted, files = visit.request.POST, visit.request.FILES
    form = _form_of(item, KINDS[item["kind"]])
    spoken = files.get("voice")
    photos = [one for one in files.getlist("photo") if one.size][: MOST_PHOTOS + 1]
    return say_by_link(
        opened=visit.opened,
        spoken=Spoken(
            reply=services.Reply(text=field(posted, "text"), answers=_read(form, posted)),
            verb=field(posted, "verb"),
            # One byte more than may come tells that there is more.
            voice=spoken.read(LARGEST_VOICE + 1) if spoken else b"",
            photos=[one.read(LARGEST_PHOTO + 1) for one in photos],
        ),
    )


def _read(form: Sequence[Ask], posted: Mapping[str, Any]) -> dict[str, Any]:
    """Read the kind's own fields; the engine refuses what does not fit them."""
    found: dict[str, Any] = {}
    for ask in form:
        text = field(posted, ask.name)
        if ask.type == "bool":
            found[ask.name] = bool(text)
        elif text:
            found[ask.name] = _number(ask, text)
    return found


def _number(ask: Ask, text: str) -> Any:
    """Read a number where one is asked; what is none stays as it was written, and is refused."""
    if ask.type == "int":
        number = whole(text, 9)
        return text if number is None else number
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


def _page(asked: selectors.Asked, visit: Visit) -> str:
    item, told = asked.item, visit.say
    due, kind = item["answer_due"], KINDS[item["kind"]]
    state = item["state"]
    until = ""
    if due and not item["answered_at"]:
        until = told("请在 {time} 前答复").replace("{time}", f"{clock.local(due):%m-%d %H:%M}")
    if len(asked.obligations) > 1 and not item["answered_at"]:
        once = told("这条叫到 {n} 个岗位，答一次就都答了")
        until += f"<br>{once.replace('{n}', str(len(asked.obligations)))}"
    now = " data-now=1" if state in ("issued", "reached") else ""
    place = visit.either(item["kind_label"], item["kind_label_en"])
    head = (
        f"<p class=meta>{escape(str(item['region_name']))} · {place}</p>"
        f"<div id=told><h1>{escape(str(item['title']))}</h1>"
        f"<div class=card>{escape(str(item['body'] or item['title']))}</div>"
        f"<p class=meta>{until}</p></div>"
        f"<button id=say type=button hidden{now}>▶ {told('读给我听')}</button>"
    )
    if state in ("issued", "reached"):
        return head + _form("answer", kind.answer_form, kind, visit)
    if state != "withdrawn" and item["answered_at"]:
        reported = state != "returned" and any(one["verb"] == "report" for one in item["steps"])
        done = told("已反馈") if reported else told("已经签收")
        return f"{head}<p class=done>✓ {done}</p>{_more(item, visit)}"
    label = visit.either(item["state_label"], item["state_label_en"])
    return f"{head}<p class=done>{label}</p>{_more(item, visit)}"


def _more(item: Mapping[str, Any], visit: Visit) -> str:
    """Offer what may still be said: that it is done, that help is needed."""
    offered = {one["verb"] for one in item["verbs"]}
    for verb in ("report", "note"):
        if verb in offered:
            kind = KINDS[item["kind"]]
            return _form(verb, _form_of(item, kind), kind, visit)
    return ""


def _form(verb: str, form: Sequence[Ask], kind: Kind, visit: Visit) -> str:
    told = visit.say
    form = [ask for ask in form if not ask.on_behalf]
    pressed = next((ask for ask in form if ask.required and ask.choices), None)
    fields = "".join(_field(ask, visit) for ask in form if ask is not pressed)
    words = (
        f"<label for=text>{told('要说明的情况（可不填）')}</label>"
        f"<textarea id=text name=text maxlength={LONGEST}></textarea>"
    )
    recorder = recording(visit) if kind.voice else ""
    voice = voice_field(visit) if kind.voice else ""
    photo = photo_field(visit, "照片（可不附）") if kind.photo else ""
    page = escape(visit.request.path)
    return (
        f'<form method=post action="{page}" enctype=multipart/form-data '
        f'data-keep="" data-then="{page}"><input type=hidden name=verb value={verb}>'
        f"{fields}{recorder}{photo}"
        f"<details><summary>{told('补充说明')}</summary>{words}{voice}</details>"
        f"<div class=acts>{_buttons(pressed, visit)}</div></form>"
    )


def recording(visit: Visit) -> str:
    """Draw the button that records, which a script shows where there is a microphone."""
    return (
        f'<button id=rec type=button hidden data-stop="{visit.say("说完了")}" '
        f'data-again="{visit.say("重新说")}">● {visit.say("按一下，说一段话")}</button>'
        "<audio id=heard controls hidden></audio>"
    )


def voice_field(visit: Visit) -> str:
    """Draw the field of a recording, which opens the telephone's own recorder."""
    return (
        f"<label for=voice>{visit.say('说一段话（可不录）')}</label>"
        '<input id=voice type=file name=voice accept="audio/*" capture>'
    )


def photo_field(visit: Visit, label: str) -> str:
    """Draw the field of pictures: the camera, or those the phone has."""
    return (
        f"<div><label for=photo>{visit.say(label)} <span class=chosen></span></label>"
        '<input id=photo type=file name=photo accept="image/*" multiple></div>'
    )


def _buttons(pressed: Ask | None, visit: Visit) -> str:
    if pressed is None:
        return f"<button>{visit.say('已收到')}</button>"
    shown = pressed.buttons or tuple(value for value, _, _ in pressed.choices)
    choices = [one for one in pressed.choices if one[0] in shown]
    # What most will say stands out: of two the first, of three the one in the middle.
    usual = choices[min(1, len(choices) - 2)][0] if len(choices) > 1 else ""
    return "".join(
        f'<button name="{escape(pressed.name)}" value="{escape(value)}"'
        f"{_TONES.get(value, ' class=usual' if value == usual else '')}>"
        f"{visit.either(label, label_en)}</button>"
        for value, label, label_en in choices
    )


def _field(ask: Ask, visit: Visit) -> str:
    name = escape(ask.name)
    label = f"<label for={name}>{visit.either(ask.label, ask.label_en)}</label>"
    needed = " required" if ask.required else ""
    if ask.choices:
        options = "".join(
            f'<option value="{escape(value)}">{visit.either(zh, en)}</option>'
            for value, zh, en in (("", "", ""), *ask.choices)
        )
        return f"{label}<select id={name} name={name}{needed}>{options}</select>"
    if ask.type == "longtext":
        return f"{label}<textarea id={name} name={name}{needed}></textarea>"
    kind = {"int": "number min=0", "number": "number step=any", "bool": "checkbox"}.get(
        ask.type, "text"
    )
    return f"{label}<input id={name} name={name} type={kind}{needed}>"
