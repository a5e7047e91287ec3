"""A case's timeline as a page to print; or JSON, for who asks for it."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.base.language import say
from anlan.kernel import clock

# Style sheets come from the server's own files only, so the few rules here are attributes.
_CELL = "padding:4px 8px;border:1px solid #999;text-align:left;vertical-align:top"
_BODY = "font-family:sans-serif;font-size:14px;margin:24px;color:#000;background:#fff"


def page_of(request: HttpRequest, case: str, items: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """Answer with the timeline in the form and language the browser asks for."""
    if "application/json" in request.META.get("HTTP_ACCEPT", ""):
        body = orjson.dumps({"case": case, "items": items})
        return HttpResponse(body, content_type="application/json; charset=utf-8")
    language = getattr(request, "language", "zh")
    return HttpResponse(_page(case, items, language))


def _page(case: str, items: Sequence[Mapping[str, Any]], language: str) -> str:
    titles = [
        say(title, language) for title in ("序号", "时间", "何人", "做了什么", "对象", "内容")
    ]
    head = format_html_join("", '<th style="{}">{}</th>', ((_CELL, title) for title in titles))
    rows = format_html_join("", "<tr>{}</tr>", ((_row(item, language),) for item in items))
    printed = f"{clock.local(clock.now()):%Y-%m-%d %H:%M:%S}"
    title = say("事件留痕", language)
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{} {}</title></head>'
        '<body style="{}"><h1 style="font-size:20px">{}</h1><p>{} · {} {} · {} {}</p>'
        '<table style="border-collapse:collapse;width:100%"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></body></html>",
        language, title, case, _BODY, title, case, len(items), say("条", language),
        say("打印于", language), printed, head, rows,
    )  # fmt: skip


def _row(item: Mapping[str, Any], language: str) -> SafeString:
    deed = item["deed_label_en"] if language == "en" else item["deed_label"]
    cells = (
        item["seq"] if item["seq"] is not None else "…",
        f"{clock.local(item['at']):%Y-%m-%d %H:%M:%S}",
        item["by_name"],
        deed,
        f"{item['subject']['kind']} {item['subject']['id']} {item['region_name']}",
        _content(item),
    )
    return format_html_join("", '<td style="{}">{}</td>', ((_CELL, cell) for cell in cells))


def _content(item: Mapping[str, Any]) -> SafeString:
    lines = [f"{name}：{_text(old)} → {_text(new)}" for name, (old, new) in item["changes"].items()]
    lines += [f"{name}：{_text(value)}" for name, value in item["facts"].items()]
    return format_html_join("", "{}<br>", ((line,) for line in lines))


def _text(value: Any) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
