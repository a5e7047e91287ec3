"""Wordings: what a message says, by kind of obligation, with names in braces.

A module declares the wording of its kinds with `declare_wording`; kinds that declare none take
`DEFAULT`. What an operator writes into ``DIR/conf/wording.toml`` counts more, see `shelf`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from string import Formatter

from anlan.kernel.errors import Invalid
from anlan.kernel.registry import Registry

#: Names a wording may use.
NAMES = {
    "title": "标题",
    "again": "再次告知时的缘由，如 期限已改：，第一次告知时为空",
    "brief": "几个字说是什么，如 红色暴雨预警",
    "body": "正文，预警就是全文",
    "kind": "事项种类",
    "region": "地区",
    "post": "岗位",
    "due": "签收期限，如 8月3日 09:30",
    "due_time": "签收期限的钟点，如 09:30",
    "issuer": "下达单位或发出预警的台站",
    "link": "免密链接（没有链接的渠道为空）",
    "workspace": "演练、演示的提示，实战为空",
}
NOTHING = dict.fromkeys(NAMES, "")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words of one kind, by how a channel carries them."""

    #: Short messages and everything else that is short.
    short: str
    #: Short messages of providers that take any text: what `short` says and the text word for word.
    full: str = ""
    #: Read aloud by a person or a machine: no link, no marks.
    spoken: str = ""
    #: Mail and work notices.
    subject: str = "{workspace}{title}"
    long: str = ""

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name))


def _check(part: str, text: str) -> None:
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise Invalid(f"{part}：花括号不成对，{error}") from error
    wrong = sorted(names - set(NAMES))
    if wrong:
        raise Invalid(f"{part}：不认识 {'、'.join(wrong)}，可用：{'、'.join(NAMES)}")


DEFAULT = Wording(
    short="{workspace}【{kind}】{title}，请于{due}前签收：{link}",
    full="{workspace}【{kind}】{title}，请于{due}前签收：{link}\n{body}",
    spoken="{workspace}{kind}：{title}。{body}请于{due}前答复。",
    long="{body}\n\n{region}　{post}\n请于{due}前签收：{link}",
)

WORDINGS: Registry[Wording] = Registry("消息文本")


def declare_wording(key: str, wording: Wording) -> Wording:
    """Declare the wording of one kind of obligation (or another key a draft names as `kind`)."""
    return WORDINGS.add(key, wording)


def write(text: str, told: Mapping[str, str]) -> str:
    """Write a text; what is not told is empty.

    >>> write("{title}：{link}", {"title": "防台风会议"})
    '防台风会议：'
    """
    return text.format_map({**NOTHING, **told})
