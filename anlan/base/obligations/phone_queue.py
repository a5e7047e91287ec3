"""What a telephone keeps while it has no signal: the one script that pages behind a link share.

A form that says ``data-keep`` is written into the telephone first (IndexedDB: it outlives the page
and a flat battery) and sent when it can be, the oldest first, until the platform says in words that
it has it. Each carries a key of its own, so that what is sent twice counts once. Pictures are made
smaller before they are kept. Without the script, or where a browser keeps nothing, the same form is
sent as plain HTML.

``phone_queue.js`` is written for the browsers inside WeChat and DingTalk on old telephones: no
module, no arrow, no promise, nothing younger than IndexedDB. It is a file of its own, kept by its
digest: the page is read without waiting for it, and every page after the first has it already.
"""

import hashlib
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

#: What a picture may weigh when it leaves the phone (bytes).
LIGHT_PHOTO = 200_000

#: What it says, by the key under which it asks for it.
WORDS = {
    "waiting": "{n} 条待发送，有信号时自动发出，可以关掉页面",
    "sending": "正在发送，还有 {n} 条",
    "wrong": "没有成功",
    "seen": "知道了",
    "finding": "正在定位…",
    "found": "已定位，误差约 {n} 米",
    "lost": "没有取得定位，请选择所在的村",
    "chosen": "已选 {n} 个",
}


def _written() -> str:
    """Read the script without what only its readers need."""
    lines = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").splitlines()
    kept = (line.strip() for line in lines)
    return "\n".join(line for line in kept if line and not line.startswith("//"))


SCRIPT = _written()
#: Where it lies, under the folder of all links.
NAME = f"queue-{hashlib.sha256(SCRIPT.encode()).hexdigest()[:12]}.js"


@require_safe
def queue_script(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - as Django calls
    """Give the script; it changes its name with every change, and is kept for a year."""
    if name != NAME:
        raise Http404
    told = HttpResponse(SCRIPT, content_type="text/javascript; charset=utf-8")
    told["Cache-Control"] = "public, max-age=31536000, immutable"
    told["X-Content-Type-Options"] = "nosniff"
    return told
