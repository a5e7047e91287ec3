"""JSON: a batch, one observation, or one a line; also several MQTT messages in one pass.

A batch is ``{"observations": [...]}`` or the bare list. Other fields are not looked at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from anlan.protocols.observations import kernels
from anlan.protocols.observations.elements import NOT_JSON, Reading, fault_of_code, read_json
from anlan.protocols.observations.kernels_text import Bytes
from anlan.protocols.observations.shapes import (
    MOST_OBSERVATIONS,
    TOO_MANY,
    Decoded,
    Malformed,
    Rejection,
    TooLarge,
)
from anlan.protocols.observations.sheets import check_room, check_size, finish, new_sheet

_USUAL = re.compile(rb'\s*\{\s*"observations"\s*:\s*\[|\s*\[')
_OWN = ("stream", "time", "value")
_BOM = b"\xef\xbb\xbf"

NOT_A_BATCH = '应为 {"observations": [...]}'


@dataclass(frozen=True, slots=True)
class Message:
    """A payload; `code` is the stream its topic names, None when the elements name theirs.

    With a `fault` it is not read: it is one element rejected for that reason.
    """

    payload: bytes
    code: str | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Messages:
    """Several messages read together."""

    decoded: Decoded
    #: Where each message's elements begin; one more than there are messages.
    starts: list[int]
    #: For each message: why nothing of it could be read, "" when it could.
    faults: list[str]


def decode_json(body: bytes) -> Decoded:
    """Decode a batch or one observation; `Malformed` when it is neither."""
    read = decode_messages([Message(body)])
    fault = read.faults[0]
    if fault:
        raise TooLarge(fault) if fault == TOO_MANY else Malformed(fault)
    return read.decoded


def decode_ndjson(body: bytes) -> Decoded:
    """Decode one observation a line."""
    check_size(body)
    start = len(_BOM) if body.startswith(_BOM) else 0
    sheet = new_sheet(body.count(b"\n") + 1)
    kernels.read_lines(np.frombuffer(body, np.uint8), start, len(body), sheet)
    check_room(sheet)
    return finish(body, sheet, lambda raw, _: read_json(raw))


def decode_messages(messages: Sequence[Message]) -> Messages:
    """Decode payloads together; one of which nothing can be read is one rejected element.

    All of them together may have as many observations as one body; `TooLarge` for too many bytes.
    """
    parts = [_part_of(message) for message in messages]
    buf = b"".join(piece for part in parts for piece in (part.text, part.code))
    check_size(buf)
    sheet = new_sheet(sum(part.most for part in parts))
    view = np.frombuffer(buf, np.uint8)
    starts, faults, rejected, at = [0], [], [], 0
    for number, part in enumerate(parts):
        fault = part.fault or _read(view, at, number, part, sheet)
        if fault:
            rejected.append(Rejection(starts[-1], fault))
            sheet.counts[kernels.INDEX] += 1
        faults.append(fault)
        starts.append(int(sheet.counts[kernels.INDEX]))
        at += len(part.text) + len(part.code)

    def read_odd(raw: bytes, number: int) -> Reading:
        return read_json(raw, messages[number].code)

    return Messages(finish(buf, sheet, read_odd, rejected), starts, faults)


@dataclass(frozen=True, slots=True)
class _Part:
    """A message ready for the kernel."""

    text: bytes
    code: bytes = b""
    #: Where the elements of its list begin; -1 when it is one observation.
    first: int = -1
    most: int = 1
    fault: str = ""


def _part_of(message: Message) -> _Part:
    if message.fault:
        return _Part(b"", fault=message.fault)
    text = message.payload.removeprefix(_BOM)
    if message.code is not None:
        fault = fault_of_code(message.code)
        return _Part(text, message.code.encode("utf-8", "replace"), fault=fault)
    if usual := _USUAL.match(text):
        return _Part(text, first=usual.end(), most=text.count(b",") + 1)
    fields = _fields(text)
    if fields is None:
        return _Part(text, fault=NOT_JSON)
    batch = bytes(fields.get("observations", b""))
    if batch.startswith(b"["):
        return _Part(batch, first=1, most=batch.count(b",") + 1)
    alone = not batch and not fields.keys().isdisjoint(_OWN)
    return _Part(text, fault="" if alone else NOT_A_BATCH)


def _fields(text: bytes) -> dict[str, msgspec.Raw] | None:
    try:
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read(view: Bytes, at: int, number: int, part: _Part, sheet: kernels.Sheet) -> str:
    """Read one part; returns what is wrong with the whole of it."""
    end = at + len(part.text)
    if sheet.counts[kernels.INDEX] >= MOST_OBSERVATIONS:
        return TOO_MANY
    if part.first < 0:
        code = (end, end + len(part.code)) if part.code else (-1, -1)
        kernels.read_single(view, at, end, *code, number, sheet)
        return ""
    before = sheet.counts.copy()
    after = kernels.read_array(view, at + part.first, end, number, sheet)
    full = after == kernels.TOO_MANY or sheet.counts[kernels.INDEX] > MOST_OBSERVATIONS
    if not full and after >= 0 and _ends_well(part, after - at):
        return ""
    sheet.counts[:] = before
    place = after - at if after >= 0 else -1 - after - at
    return TOO_MANY if full else f"{NOT_JSON}（第 {place + 1} 字节处）"


def _ends_well(part: _Part, after: int) -> bool:
    """Whether what follows the list closes it: nothing, a brace, or more fields."""
    rest = part.text[after:].strip()
    if not part.text[: part.first].lstrip().startswith(b"{"):
        return not rest
    if rest == b"}":
        return True
    more = _fields(b'{"":0' + rest)
    return more is not None and "observations" not in more
