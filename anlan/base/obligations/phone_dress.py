"""How every page behind an SMS link looks and speaks: read whole in one answer.

The script within says that the page was drawn before somebody's eyes, reads it aloud and takes a
spoken answer; it is allowed by its digest, and the page needs it for nothing else: without it, or
without a microphone, the buttons answer and the field for a recording opens the telephone's own
recorder. Browsers that want a tap before they speak get a button; those without a voice show
nothing. What waits for a signal is kept by `phone_queue`, a file of its own. Red, orange, yellow
and blue are for warnings and colour nothing here.
"""

import base64
import hashlib
from functools import cache
from html import escape

import orjson
from django.http import HttpResponse

from anlan.base.door.phrases import said
from anlan.base.language import say
from anlan.base.obligations.phone_pages import offered
from anlan.base.obligations.phone_queue import LIGHT_PHOTO, NAME, WORDS
from anlan.kernel import workspace

#: Told above everything else, so that a drill is never taken for the day itself.
KINDS = {"demo": "演示系统，内容均为虚构", "exercise": "演练，不是真实事件", "live": ""}

STYLE = """
*{box-sizing:border-box}
body{margin:0;font:20px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;
background:#f3f5f7;color:#16212c;overflow-wrap:anywhere}
main{max-width:32rem;margin:0 auto;padding:1rem 1rem 0}
h1{font-size:24px;line-height:1.35;margin:.2rem 0 .6rem}
.kind{background:#35424f;color:#fff;text-align:center;padding:.3rem;margin:0}
.card{background:#fff;border:1px solid #d5dce3;border-radius:.6rem;padding:1rem;
white-space:pre-wrap}
.meta{color:#4c5a68;margin:.6rem 0}
details,.field{margin:.6rem 0}
summary{padding:.5rem 0;color:#0a6a62}
label{display:block;color:#4c5a68;margin:.5rem 0 .2rem}
textarea,input,select{width:100%;font:inherit;border-radius:.5rem;border:1px solid #8b98a5;
padding:.6rem;background:#fff;color:inherit}
textarea{min-height:4.5rem}
input[type=checkbox]{width:1.4rem;height:1.4rem;vertical-align:middle}
button,.again{display:block;width:100%;min-height:4rem;font:inherit;font-size:1.25rem;
font-weight:600;color:#fff;background:#44535f;border:0;border-radius:.7rem;text-align:center;
text-decoration:none;line-height:1.2;padding:.3rem}
.again{line-height:3.4rem}
.acts{position:sticky;bottom:0;display:grid;gap:.5rem;padding:.7rem 0 1rem;
grid-auto-flow:column;grid-auto-columns:1fr;background:#f3f5f7}
.acts button{text-wrap:balance}
.acts button:only-child,.acts .usual{background:#0a6a62}
.acts .help{background:#8a1f5c}
#say{min-height:0;line-height:1;width:auto;padding:.7rem 1rem;background:#35424f;
margin:.6rem 0}
#rec{min-height:0;line-height:1.3;padding:.8rem 1rem;background:#35424f;
margin:.8rem 0 .4rem}
#rec.on{background:#8a1f5c}
audio{width:100%}
[hidden]{display:none!important}
:focus-visible{outline:4px solid #16212c;outline-offset:2px}
.done,.news{font-size:1.3rem;font-weight:600;color:#0a6a62}
.wrong{font-size:1.15rem;font-weight:600;color:#8a1f5c}
.plain{background:none;color:#0a6a62;border:2px solid #0a6a62;min-height:3.2rem;font-size:20px}
#out p{margin:.4rem 0}
#out .wait{background:#5b3b00;color:#fff;border-radius:.5rem;padding:.4rem .8rem}
.task{display:block;background:#fff;border:1px solid #d5dce3;border-left:8px solid #5a6b7b;
border-radius:.6rem;padding:.7rem .8rem;margin:.6rem 0;color:inherit;text-decoration:none}
.task b{display:block}.task span{display:block;color:#4c5a68}
.task .mark{display:inline-block;background:#35424f;color:#fff;border-radius:.3rem;padding:0 .4rem}
.task.late{border-left-color:#8a1f5c}.task.late .mark{background:#8a1f5c}
.task .again{min-height:3.2rem;line-height:1.3;padding:.7rem .3rem;font-size:20px;margin-top:.4rem;
background:#0a6a62}
nav{display:flex;gap:.5rem;max-width:32rem;margin:1rem auto 0;padding:.5rem 1rem 1.2rem}
nav a{flex:1;text-align:center;padding:.8rem 0;line-height:1.3;border:1px solid #8b98a5;
border-radius:.6rem;color:inherit;text-decoration:none}
@media (prefers-color-scheme:dark){body,.acts{background:#11181f;color:#e6ebf0}
.card{background:#1b242d;border-color:#3a4754}.meta,label{color:#a9b6c2}.done,.news{color:#6cc5bb}
.wrong{color:#e79ac4}summary{color:#6cc5bb}
.plain{color:#6cc5bb;border-color:#6cc5bb}.task{background:#1b242d;border-color:#3a4754}
.task.late{border-left-color:#e79ac4}.task span{color:#a9b6c2}.task .mark{color:#fff}
:focus-visible{outline-color:#e6ebf0}
textarea,input,select{background:#1b242d;color:inherit}}
"""

#: What the script says back once the page is in sight: fetching a page is not looking at it.
SEEN = "seen"

SCRIPT = """(function(){var d=document,x=null;if(!d.getElementById('told'))return;
function seen(){if(x||d.visibilityState==='hidden')return;x=new XMLHttpRequest();
x.open('POST',location.href);x.setRequestHeader('Content-Type','application/x-www-form-urlencoded');
x.send('seen=1')}
seen();d.addEventListener('visibilitychange',seen)})();
(function(){var s=window.speechSynthesis,b=document.getElementById('say'),
t=document.getElementById('told');if(!s||!b||!t||!window.SpeechSynthesisUtterance)return;
function speak(){s.cancel();var u=new SpeechSynthesisUtterance(t.textContent);
u.lang='zh-CN';u.rate=.9;s.speak(u)}
b.hidden=false;b.onclick=speak;if(b.getAttribute('data-now'))speak();
addEventListener('pagehide',function(){s.cancel()})})();
(function(){var b=document.getElementById('rec'),f=document.getElementById('voice'),
h=document.getElementById('heard'),m=navigator.mediaDevices,r=null,then=null,t,n;
if(!b||!f||!m||!m.getUserMedia||!window.MediaRecorder||!window.DataTransfer)return;
var d=b.dataset;b.hidden=false;
function own(){b.hidden=true;f.closest('details').open=true;f.focus();f.click()}
function tick(){n++;b.textContent='■ '+d.stop+' '+n;if(n>=90)r.stop()}
function keep(parts,kind){var file=new File([new Blob(parts,{type:kind})],'voice',{type:kind}),
x=new DataTransfer();x.items.add(file);f.files=x.files;
h.src=URL.createObjectURL(file);h.hidden=false}
b.onclick=function(){if(r){r.stop();return}if(window.speechSynthesis)speechSynthesis.cancel();
m.getUserMedia({audio:true}).then(function(s){var parts=[];
r=new MediaRecorder(s,{audioBitsPerSecond:16000});
r.ondataavailable=function(e){parts.push(e.data)};
r.onstop=function(){clearInterval(t);s.getTracks().forEach(function(o){o.stop()});
if(n>1||!f.files.length)keep(parts,r.mimeType);else h.hidden=false;
r=null;b.className='';b.textContent='● '+d.again;
if(then)then.click()};
n=0;b.className='on';h.hidden=true;r.start();tick();t=setInterval(tick,1000)}).catch(own)};
f.form.addEventListener('click',function(e){if(r&&e.target.type==='submit'){
e.preventDefault();then=e.target;r.stop()}})})()"""


@cache
def _policy(script: str) -> str:
    """Allow one script of the page's own, by its digest, and files from here."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}' 'self'; "
        "media-src blob:; img-src blob:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def dressed(
    inside: str,
    *,
    language: str,
    status: int = 200,
    root: str = "",
    style: str = "",
    script: str = SCRIPT,
) -> HttpResponse:
    """Make the answer: banner, body, the other pages, and the headers that keep it to this phone.

    `root` is the address of the link's first page; "" for a page that leads nowhere else.
    """
    kind = KINDS[workspace.current().kind]
    banner = f"<header class=kind>{escape(say(kind, language))}</header>" if kind else ""
    lang, name = ("en", "Anlan") if language == "en" else ("zh-CN", "安澜")
    body = (
        f"<!doctype html><html lang={lang}><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{name}</title><style>{STYLE}{style}</style>{banner}"
        f"<main><div id=out role=status hidden></div>{inside}</main>"
        f"{_pages(root, language)}<script>{script}</script></html>"
    )
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _policy(script)
    return response


def _pages(root: str, language: str) -> str:
    """Lead to the other pages of the link, and fetch what keeps things for them."""
    if not root:
        return ""
    links = "".join(
        f'<a href="{escape(root)}/{one.word}">'
        f"{escape(one.label_en if language == 'en' else one.label)}</a>"
        for one in offered()
    )
    words = orjson.dumps({key: said(text, language) for key, text in WORDS.items()}).decode()
    folder = escape(root.rpartition("/")[0])
    return (
        f"<nav aria-label={_quoted(said('本链接的页面', language))}>{links}</nav>"
        f'<script defer id=queue src="{folder}/-/{NAME}" data-light={LIGHT_PHOTO} '
        f"data-words={_quoted(words)}></script>"
    )


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'
