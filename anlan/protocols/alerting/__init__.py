"""Warning messages as bytes and as one record (`message.AlertMessage`), without Django.

::

    reading.read_alert(data, content_type="") -> AlertMessage        # recognises the form
    cap.write_cap(message) -> bytes                                  # CAP 1.2
    message12379.write(message, form="xml" | "json") -> bytes        # the national message
    signing.sign(xml, key, certificate) -> bytes; signing.verify(xml, trusted) -> Verdict
    atom.read_feed(data) -> Feed; atom.write_feed(feed) -> bytes
    pasted.recognise(text, now) -> tuple[Recognised, ...]            # one for each message in it

Whatever cannot be read raises `Unreadable`, which names the element that is wrong.
"""

from anlan.protocols.alerting.message import (
    AlertMessage,
    Area,
    Info,
    Resource,
    Unreadable,
)

__all__ = ["AlertMessage", "Area", "Info", "Resource", "Unreadable"]
