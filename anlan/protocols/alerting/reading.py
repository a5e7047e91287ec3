"""Recognise the form of a warning message and read it."""

from anlan.protocols.alerting.cap.reading import read_cap
from anlan.protocols.alerting.mending import Mend, Notes
from anlan.protocols.alerting.message import (
    NATIONAL_JSON,
    NATIONAL_XML,
    AlertMessage,
    Unreadable,
)
from anlan.protocols.alerting.message12379.reading import is_national, read_national
from anlan.protocols.alerting.trees import Node, decoded, read_json, read_xml


def read_alert(data: bytes, *, content_type: str = "") -> AlertMessage:
    """Read a warning message of any form we know; `Unreadable` names the element that is wrong.

    The bytes decide the form. The content type is only quoted when they decide nothing.
    """
    notes = Notes()
    text, wrongly_declared = decoded(data)
    if wrongly_declared:
        notes.mend("", Mend.CHARSET)
    beginning = text.lstrip()[:1]
    if beginning == "<":
        return _read_xml(read_xml(text.lstrip()), notes)
    if beginning in ("{", "["):
        return read_national(read_json(text), NATIONAL_JSON, notes)
    told = f"（{content_type[:60]}）" if content_type else ""
    raise Unreadable(f"不是 XML 或 JSON 的预警报文{told}" if text.strip() else "报文是空的")


def _read_xml(root: Node, notes: Notes) -> AlertMessage:
    if root.name.lower() != "alert":
        raise Unreadable(f"根元素是 {root.name[:60]}，应为 alert", element=root.name)
    if is_national(root):
        return read_national(root, NATIONAL_XML, notes)
    return read_cap(root, notes)
