"""What was noticed about a message when it came in, said aloud in both languages."""

from collections.abc import Iterable
from typing import Any

from anlan import codes
from anlan.protocols.alerting.signing import State

#: Code of a note -> how it is said; ``{0}`` is what it is about.
NOTES: dict[str, tuple[str, str]] = {
    "no-area": ("没有影响范围，转发前须选择地区", "No area: choose the regions before relaying"),
    "elsewhere": ("影响范围不在本地", "Its area is not here"),
    "narrowed": ("范围写到 {0}，只取本地部分", "It is for {0}; only our part is taken"),
    "outside": ("{0} 不在本地，未取", "{0} is not here and was left out"),
    "succeeded": ("{0} 已撤并，由继任区划代替", "{0} was merged; its successor stands for it"),
    "widened": ("区划代码 {0} 不在名录，按上级地区处理",
                "The list has no {0}; the region above it is taken"),
    "disagree": ("多边形与区划代码不一致，两者都取", "Outline and codes disagree; both are taken"),
    "bad-polygon": ("有的多边形不能成形，未取", "An outline is broken and was left out"),
    "ahead": ("发布时间 {0} 晚于现在", "Its time {0} lies ahead of now"),
    "no-hazard": ("不认识的事件类型 {0}", "Unknown type of event {0}"),
    "no-level": ("没有级别，或级别不认识", "It has no level that we know"),
    "not-competent": ("发布单位 {0} 不是这类预警的法定发布单位，请核实",
                      "{0} is not who may issue this kind of warning; verify it"),
    "broken-signature": (
        "签名不成立：可能被改过，或者冒名。不会自动转发，也不会使别的预警失效；请先向发布单位核实",
        "Its signature does not hold: it may have been altered or forged. It is not relayed by "
        "itself and ends no other warning; verify it with the station first",
    ),
    "outdated-signature": (
        "证书不在有效期内，签名不成立。不会自动转发，也不会使别的预警失效；请先向发布单位核实",
        "Its certificate is not valid now, so its signature does not hold. It is not relayed by "
        "itself and ends no other warning; verify it with the station first",
    ),
    "unproved": (
        "它要更新或结束「{0}」，但不是原来那一路发来的，不能证明是原发布单位所发：那一条照常有效。"
        "核实以后按「采信」，或者转发这一条",
        "It would change or end \"{0}\", but does not come the way that one came, so nothing "
        "proves its issuer: that one still holds. Verify it, then let it count or relay it",
    ),
    "number-taken": (
        "编号和时间与另一条相同，内容不同，又不是同一路来的：至少有一条不真，请向发布单位核实",
        "It bears the number and time of another message and says something else by another way: "
        "one of them is not true; verify it with the station",
    ),
    "area-by": ("第一次来时没有范围，范围是另一路的同一条补的：{0}",
                "It came without an area; the area is from a copy by another way: {0}"),
    "area-differs": ("另一路来的同一条，范围写的是：{0}",
                     "A copy by another way gives as its area: {0}"),
    "ends-at": ("另一路来的同一条，失效时间写的是 {0}，没有采用",
                "A copy by another way says that it ends at {0}; that was not taken over"),
    "other-part": ("这一条报文有几段，级别或内容不同，只取了最重的一段；没有取的：{0}",
                   "The message has several parts of different levels or words, and only the "
                   "gravest was taken; left out: {0}"),
    "held": ("有预置授权，但没有自动转发：{0}",
             "A standing order covers it and did not relay it: {0}"),
    "mended": ("报文有不合规之处，已按通行做法读取：{0}",
               "The message breaks its form and was read all the same: {0}"),
}  # fmt: skip

#: What a signature is worth -> how it is said.
SIGNATURES: dict[str, tuple[str, str]] = {
    "": ("没有核对过签名", "Signature not checked"),
    State.UNSIGNED: ("没有签名", "Not signed"),
    State.TRUSTED: ("签名可信", "Signed by one we trust"),
    State.STRANGER: ("签名完好，但不认识签名者", "Well signed, by nobody we know"),
    State.BROKEN: ("签名不成立", "Signature does not hold"),
}


def _about(code: str, value: str) -> tuple[str, str]:
    """Say what a note is about; what held an order is itself a code of a table."""
    if code != "held":
        return value, value
    table = codes.table("order-doubts")
    return table.name(value), table.name(value, "en")


def said(notes: Iterable[Any]) -> list[dict[str, str]]:
    """Say notes as they are stored ([code, value] pairs)."""
    found = []
    for code, value in notes:
        zh, en = NOTES.get(code, (code, code))
        about, about_en = _about(code, value)
        found.append(
            {"code": code, "text": zh.format(about), "text_en": en.format(about_en), "value": value}
        )
    return found
