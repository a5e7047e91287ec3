"""One door for every page behind a link: who came, what they see, how a refusal is told.

A page is a function of a `Visit` that draws what is inside. What a phone kept and sends later asks
for JSON and hears in a line what became of it (``told``), or why it was refused (``detail``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from anlan.base.door.phrases import said
from anlan.base.obligations.phone_dress import SCRIPT, dressed
from anlan.base.obligations.phone_pages import above_all
from anlan.base.obligations.services.pocket import open_task
from anlan.base.permissions.services.links import Opened
from anlan.kernel.errors import AnlanError, Conflict, Missing

JSON = "application/json"

#: Says a sentence in the reader's language, safe for HTML.
Say = Callable[[str], str]


@dataclass(frozen=True)
class Visit:
    """One call by a link: what was asked, by whom, in which language."""

    request: HttpRequest
    opened: Opened
    language: str
    #: Address of the link's first page.
    root: str

    def say(self, chinese: str) -> str:
        """Say a sentence in the visitor's language, safe for HTML."""
        return escape(said(chinese, self.language))

    @property
    def is_kept(self) -> bool:
        """Whether a phone sends what it kept, and wants a line instead of a page."""
        return wants_line(self.request)

    def either(self, chinese: str, english: str) -> str:
        """Choose between two names, safe for HTML."""
        return escape(english if self.language == "en" else chinese)


#: Draws a page, or makes the whole answer itself.
Draw = Callable[[Visit], str | HttpResponse]


@dataclass(frozen=True)
class Look:
    """How a page looks and what it runs, where that is more than every page's own."""

    style: str = ""
    script: str = SCRIPT


def serve(
    request: HttpRequest, key: str, draw: Draw, *, obligation: str = "", look: Look = Look()
) -> HttpResponse:
    """Answer a call by a link: draw its page, tell a kept word its end, or say why not."""
    language = str(getattr(request, "language", "zh"))
    root = above = ""
    try:
        opened = open_task(key, obligation)
        root = root_of(request, key)
        above = above_all(opened.actor.region, language)
        visit = Visit(request, opened, language, root)
        told = draw(visit)
        if isinstance(told, HttpResponse):
            return told
        told = above + told
        return dressed(told, language=language, root=root, style=look.style, script=look.script)
    except AnlanError as error:
        if wants_line(request):
            return line(_reasons(error, language), status=error.status, key="detail")
        inside = above + _refusal(error, language)
        return dressed(inside, language=language, status=error.status, root=root)


def field(posted: Mapping[str, Any], name: str) -> str:
    """Read one field of a form, without what no database can hold."""
    return str(posted.get(name, "")).replace("\0", "").strip()


def whole(text: str, most: int = 6) -> int | None:
    """Read a number of at most so many digits from a field; None for everything else."""
    return int(text) if text.isdecimal() and len(text) <= most else None


def wants_line(request: HttpRequest) -> bool:
    """Tell whether a script asks, which reads no page."""
    return JSON in request.headers.get("accept", "") or request.content_type == JSON


def root_of(request: HttpRequest, key: str) -> str:
    """Tell the address of a link's first page, whatever lies before it behind a proxy."""
    folder = request.path.partition(f"/m/{key}")[0]
    return f"{folder}/m/{key}"


def line(text: str, *, status: int = 200, key: str = "told") -> HttpResponse:
    """Answer what a phone kept, in a line."""
    told = HttpResponse(orjson.dumps({key: text}), status=status, content_type=JSON)
    told["Cache-Control"] = "no-store"
    return told


def _reasons(error: AnlanError, language: str) -> str:
    reasons = [text for texts in getattr(error, "errors", {}).values() for text in texts]
    return "；".join(said(text, language) for text in dict.fromkeys([error.detail, *reasons]))


def _refusal(error: AnlanError, language: str) -> str:
    def say(chinese: str) -> str:
        return escape(said(chinese, language))

    back = f'<a class=again href="">{say("返回")}</a>'
    if isinstance(error, Missing):
        return f"<h1>{say('无法打开')}</h1><p>{say(error.detail)}</p>"
    if isinstance(error, Conflict):
        return f"<p class=done>{say(error.detail)}</p>{back}"
    why = "".join(
        f"<p>{say(text)}</p>" for texts in getattr(error, "errors", {}).values() for text in texts
    )
    return f"<p class=wrong>{say('没有成功')}：{say(error.detail)}</p>{why}{back}"
