"""The page behind an SMS link: one obligation, one big button, no password and no script.

It is plain HTML made here, a few kilobytes, so that it opens on a weak phone in a weak cell.
"""

from html import escape
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from anlan.base.obligations import selectors, services
from anlan.base.obligations.services.phone import PURPOSE
from anlan.base.permissions.services.links import open_link
from anlan.kernel import clock, workspace
from anlan.kernel.errors import AnlanError, Conflict, Missing

#: Told above everything else, so that a drill is never taken for the day itself.
KINDS = {"demo": "演示系统，内容均为虚构", "exercise": "演练，不是真实事件", "live": ""}

STYLE = """
body{margin:0;font:18px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;
background:#f3f5f7;color:#16212c}
main{max-width:32rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem;margin:.2rem 0 .6rem}
.kind{background:#35424f;color:#fff;text-align:center;padding:.3rem}
.card{background:#fff;border:1px solid #d5dce3;border-radius:.6rem;padding:1rem;
white-space:pre-wrap}
.meta{color:#4c5a68;font-size:1rem;margin:.6rem 0}
textarea{box-sizing:border-box;width:100%;min-height:4.5rem;font:inherit;border-radius:.5rem;
border:1px solid #8b98a5;padding:.6rem;margin:.8rem 0}
button{width:100%;min-height:4rem;font:inherit;font-size:1.3rem;font-weight:600;color:#fff;
background:#155a83;border:0;border-radius:.7rem}
button:focus-visible{outline:4px solid #e0a100}
.done{font-size:1.3rem;font-weight:600;color:#14603a}
@media (prefers-color-scheme:dark){body{background:#11181f;color:#e6ebf0}
.card{background:#1b242d;border-color:#3a4754}.meta{color:#a9b6c2}.done{color:#7fd6a4}
textarea{background:#1b242d;color:inherit}}
"""


@require_http_methods(["GET", "HEAD", "POST"])
def phone_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is owed, or take the answer."""
    try:
        opened = open_link(key, PURPOSE)
        if request.method == "POST":
            services.answer_by_link(opened=opened, text=request.POST.get("text", ""))
            return _page("<p class=done>✓ 已签收，谢谢。</p>" + _told(opened.subject))
        services.reach(obligations=[opened.subject], by=opened.actor)
        return _page(_form(selectors.one(opened.actor, opened.subject)))
    except Missing as error:
        return _page(f"<h1>无法打开</h1><p>{escape(error.detail)}</p>", error.status)
    except Conflict as error:
        return _page(f"<p class=done>{escape(error.detail)}</p>", error.status)
    except AnlanError as error:
        return _page(f"<h1>没有成功</h1><p>{escape(error.detail)}</p>", error.status)


def _form(item: dict[str, Any]) -> str:
    due = item["answer_due"]
    until = f"请在 {clock.local(due):%m月%d日 %H:%M} 前签收" if due else ""
    head = _head(item, until)
    if item["answered_at"]:
        return f"{head}<p class=done>✓ 已经签收</p>"
    if item["state"] in ("closed", "withdrawn"):
        return f"{head}<p class=done>{escape(str(item['state_label']))}</p>"
    return (
        f"{head}<form method=post><label for=text class=meta>要说明的情况（可不填）</label>"
        "<textarea id=text name=text maxlength=500></textarea>"
        "<button>已收到</button></form>"
    )


def _head(item: dict[str, Any], until: str) -> str:
    place = f"{escape(str(item['region_name']))} · {escape(str(item['kind_label']))}"
    return (
        f"<p class=meta>{place}</p><h1>{escape(str(item['title']))}</h1>"
        f"<div class=card>{escape(str(item['body'] or item['title']))}</div>"
        f"<p class=meta>{until}</p>"
    )


def _told(obligation: str) -> str:
    return f"<p class=meta>编号 {escape(obligation)}</p>"


def _page(inside: str, status: int = 200) -> HttpResponse:
    kind = KINDS[workspace.current().kind]
    banner = f"<p class=kind>{kind}</p>" if kind else ""
    body = (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>安澜</title><style>{STYLE}</style>{banner}<main>{inside}</main></html>"
    )
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    )
    return response
