"""转实战 on the phone pages of an exercise: over everything, what is really the matter there.

A phone behind a link is nobody's account: it is told that something is real in its township or
above it, what kind and how bad, not where; the real calls say that.
"""

from html import escape
from typing import Any

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.obligations.phone_pages import ABOVE
from anlan.project.exercises.real_alarms import real_near

STYLE = (
    ".real{background:#fff;color:#16212c;border:4px solid #16212c;border-width:4px 0;"
    "padding:.6rem 1rem .8rem;margin:-1rem -1rem 1rem}.real b{display:block;font-size:28px;"
    "letter-spacing:.12em;line-height:1.3}.real p{margin:.3rem 0 0}"
    ".real i{display:inline-block;font-style:normal;font-weight:600;padding:0 .6rem;"
    "border-radius:.3rem;background:#35424f;color:#fff}"
    ".real .l1{background:#c8102e}.real .l2{background:#e8680c;color:#1d1402}"
    ".real .l3{background:#f2c500;color:#1d1402}.real .l4{background:#1f6fd6}"
    ".deaf{background:#5b2a4d;color:#fff;padding:.4rem 1rem;margin:-1rem -1rem 1rem;font-size:18px}"
    "@media(prefers-color-scheme:dark){.real{background:#1b242d;color:#e6ebf0;"
    "border-color:#e6ebf0}}"
)


def draw(region: str, language: str) -> str:
    """Draw what is real where a link leads to; "" where nothing is."""
    found = real_near(region)
    if found is None:
        deaf = said("正式工作区没有消息：那里有真实报警时，这里不会提示。", language)
        return f"<style>{STYLE}</style><p class=deaf>{escape(deaf)}</p>"
    if not found:
        return ""
    told = said("这不是演练：您这一带有 {n} 件真实报警还没有人接手", language)
    advice = said("先放下演练，以打来的电话和收到的通知为准。", language)
    return (
        f"<style>{STYLE}</style><section class=real role=alert>"
        f"<b>{escape(said('转实战', language))}</b>"
        f"<p>{escape(told.replace('{n}', str(len(found))))}</p>"
        f"<p>{_worst(found[0], language)}</p><p>{escape(advice)}</p></section>"
    )


def _worst(matter: dict[str, Any], language: str) -> str:
    level, is_english = matter["level"], language == "en"
    hazard = escape(matter["hazard_label_en" if is_english else "hazard_label"])
    if level is None:
        return hazard
    row = codes.table("warning-levels")[str(level)]
    colour = row.text("color_name_en" if is_english else "color_name") or ""
    return f"<i class=l{level}>{escape(colour)}</i> {hazard}"


ABOVE.add("real-alarms", draw)
