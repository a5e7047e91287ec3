"""What an official paper consists of, as its author thinks of it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading of the body: level 1 is 一、, 2 is （一）; the author writes its number."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body, its first line indented by two characters.

    `lead` is set in bold before it, as a field's name is.
    """

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table: a head and rows of texts; `widths` are parts of the type area, equal when empty."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    #: Of its letters, in half points.
    size: int = 24


Block = Heading | Paragraph | Sheet


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper. Empty parts are left out as the standard leaves them out."""

    #: 发文机关标志, in red at the head.
    mark: str
    #: 发文字号.
    number: str
    title: str
    blocks: Sequence[Block]
    #: 发文机关署名, and the date as it is written: 2026年7月14日.
    office: str
    date: str
    #: 签发人 of a paper that goes upward; "" for one that does not.
    signer: str = ""
    #: 主送机关.
    to: str = ""
    #: 密级 and 紧急程度.
    secrecy: str = ""
    urgency: str = ""
    attachments: Sequence[str] = ()
    #: 附注 below the date, in parentheses: who may be asked.
    note: str = ""
    #: 抄送, and who printed it when, in the foot of the last page.
    copies: str = ""
    printed: tuple[str, str] = ("", "")
