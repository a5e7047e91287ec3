"""Identifiers of national messages: ``ZZZZZZDDDUUUXX_YYYYMMDDhhmmss[_N]``."""

import re
from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.errors import Invalid
from anlan.protocols.alerting.mending import Notes
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.times import basic, read_time

_SENDER = re.compile(r"(\d{6})(\d{3})(\d{3})(\d{2})", re.ASCII)
_WHOLE = re.compile(_SENDER.pattern + r"_(\d{14})(?:_(\d))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """Who entered a message, and when.

    >>> Identifier.read("11010841600000_20211229072633").organisation
    '416'
    """

    #: Six digits of GB/T 2260.
    area: str
    #: Three digits of GB/T 4657: 416 is the weather service.
    organisation: str
    #: When it was entered, to the second; not when it was sent.
    entered: datetime
    unit: str = "000"
    extension: str = "00"
    #: 0 to 9, for several in one second.
    serial: int | None = None

    def __post_init__(self) -> None:
        if not _SENDER.fullmatch(self.sender) or self.entered.tzinfo is None:
            raise Invalid("标识应由 6 位区划、3 位机构、3 位内部、2 位扩展代码和带时区的时间组成")
        if self.serial is not None and not 0 <= self.serial <= 9:
            raise Invalid("标识的序号应为 0 至 9")

    @classmethod
    def read(cls, text: str) -> "Identifier":
        """Read an identifier; `Invalid` when it has another form."""
        found = _WHOLE.fullmatch(text)
        if found is None:
            raise Invalid(f"「{text[:40]}」不是国家预警系统的标识")
        try:
            entered = read_time(found[5], "identifier", Notes(), national=True)
        except Unreadable as error:
            raise Invalid(f"「{text[:40]}」里的时间不在日历上") from error
        if entered is None:
            raise Invalid(f"「{text[:40]}」里没有时间")
        return cls(
            area=found[1],
            organisation=found[2],
            unit=found[3],
            extension=found[4],
            entered=entered,
            serial=int(found[6]) if found[6] else None,
        )

    @property
    def sender(self) -> str:
        """Return the sender's code of 14 digits."""
        return f"{self.area}{self.organisation}{self.unit}{self.extension}"

    def __str__(self) -> str:
        """Write it as in a message."""
        serial = "" if self.serial is None else f"_{self.serial}"
        return f"{self.sender}_{basic(self.entered)}{serial}"


def is_sender(code: str) -> bool:
    """Tell whether a text is a sender's code of 14 digits."""
    return _SENDER.fullmatch(code) is not None


def sender_in(identifier: str) -> str:
    """Return the sender's code at the beginning of an identifier, "" when it has another form."""
    return identifier[:14] if _WHOLE.fullmatch(identifier) else ""
