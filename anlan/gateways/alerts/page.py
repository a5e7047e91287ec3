"""The page of alerts for everybody: no login, a few kilobytes, readable without a script.

The only script asks for the page again and changes what has changed, so that nobody who reads, or
has it read aloud, is thrown back to the top; when nobody answers it says how old the page is. It is
allowed by its digest.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from html import escape

from anlan.base.language import say
from anlan.kernel import clock, workspace
from anlan.warn.selectors.open_air import Line

#: Told above everything else, so that a drill is never taken for the day itself.
KINDS = {"demo": "演示系统，内容均为虚构", "exercise": "演练，不是真实事件", "live": ""}

STYLE = """
*{box-sizing:border-box}
body{margin:0;font:17px/1.65 system-ui,"Noto Sans CJK SC",sans-serif;background:#f3f5f7;
color:#16212c;overflow-wrap:anywhere}
main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:.4rem 0}
.kind{background:#35424f;color:#fff;text-align:center;padding:.3rem;margin:0}
article{background:#fff;border:1px solid #d5dce3;border-left:.6rem solid var(--c,#8b98a5);
border-radius:.6rem;padding:.9rem 1rem;margin:.9rem 0}
article.over{background:none}article.over h2{font-weight:500}
h2{font-size:1.15rem;line-height:1.45;margin:0 0 .4rem}
p{margin:.35rem 0;white-space:pre-wrap}
.meta{color:#4c5a68;font-size:.95rem}
.none{font-size:1.15rem;padding:2rem 0;text-align:center}
a{color:#0a6a62}
:focus-visible{outline:3px solid currentcolor;outline-offset:2px}
footer{max-width:46rem;margin:0 auto;color:#4c5a68;font-size:.95rem;padding:0 1rem 2rem}
[hidden]{display:none}
.lost{color:#8a1f5c;font-weight:600}
@media (prefers-color-scheme:dark){body{background:#11181f;color:#e6ebf0}
article{background:#1b242d;border-color:#3a4754;border-left-color:var(--c,#5b6b7a)}
.meta,footer{color:#a9b6c2}a{color:#6cc5bb}.lost{color:#e79ac4}}
@media print{body{background:#fff}article{break-inside:avoid}}
"""

SCRIPT = """(function(){var list=document.getElementById('list'),seen=Date.now(),
kept=document.getElementById('kept'),d=kept.dataset;if(!window.fetch||!list.replaceChildren)return;
function tell(text,look){if(kept.textContent!==text)kept.textContent=text;kept.className=look||''}
document.getElementById('ask').hidden=true;tell(d.every);
function clock(){return new Date(seen).toTimeString().slice(0,5)}
function look(){fetch(location.href,{cache:'no-cache'}).then(function(r){if(!r.ok)throw r;
return r.text()}).then(function(text){
var fresh=new DOMParser().parseFromString(text,'text/html').getElementById('list');seen=Date.now();
if(!fresh||fresh.innerHTML===list.innerHTML)tell(d.every);else{
list.replaceChildren.apply(list,fresh.childNodes);tell(d.changed+' '+clock())}
}).catch(function(){tell(d.lost+' '+clock(),'lost')})}
setInterval(look,60000);addEventListener('pageshow',function(e){if(e.persisted)look()})})()"""

_DIGEST = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_DIGEST}'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


def page_of(articles: Sequence[str], whose: str, language: str) -> str:
    """Write the page in one language, around what was written of each alert."""

    def told(text: str) -> str:
        return escape(say(text, language))

    kind = KINDS[workspace.current().kind]
    banner = f"<header class=kind>{told(kind)}</header>" if kind else ""
    inside = "".join(articles) or f"<p class=none>{told('现在没有生效的预警。')}</p>"
    lang = "en" if language == "en" else "zh-CN"
    title = escape(f"{whose} {say('生效的预警', language)}".strip())
    feed = f'<a href="feed.atom">{told("订阅（Atom、CAP）")}</a>'
    kept = (
        f'<span id=kept role=status data-every="{told("每分钟自动刷新。")}" '
        f'data-changed="{told("内容有变化，已刷新：")}" '
        f'data-lost="{told("连不上，内容停在")}"></span>'
        f'<a id=ask href="">{told("刷新")}</a>'
    )
    return (
        f"<!doctype html><html lang={lang}><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        '<link rel=alternate type="application/atom+xml" href="feed.atom">'
        f"<title>{title}</title><style>{STYLE}</style>{banner}<main><h1>{title}</h1>"
        f"<div id=list>{inside}</div></main><footer>{kept} {feed}</footer>"
        f"<script id=look>{SCRIPT}</script></html>"
    )


def article(one: Line, language: str) -> str:
    """Write one alert for the page; it stays in its own words."""

    def told(text: str) -> str:
        return escape(say(text, language))

    hazard = escape(one.hazard_en if language == "en" else one.hazard)
    meta = [escape(one.station)]
    if one.sent_at:
        meta.append(f"{told('发布时间')} {_when(one.sent_at)}")
    if one.expires_at and not one.ended:
        meta.append(f"{told('有效至')} {_when(one.expires_at)}")
    place = f"<p class=meta>{told('影响范围')} {escape(one.place)}</p>" if one.place else ""
    instruction = f"<p>{escape(one.instruction)}</p>" if one.instruction else ""
    over = " class=over" if one.ended else ""
    colour = f' style="--c:{escape(one.color)}"' if one.color and not one.ended else ""
    return (
        f"<article{over}{colour}><h2>{escape(one.title)}</h2>"
        f"<p class=meta>{' · '.join([*([hazard] if hazard else []), *meta])}</p>"
        f"<p>{escape(one.text)}</p>{instruction}{place}"
        f'<p class=meta><a href="{escape(one.identifier)}.xml">CAP</a></p></article>'
    )


def _when(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"
