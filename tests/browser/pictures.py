"""Pictures for the documents: WebP as Chromium writes it, and a film made of such pictures."""

import base64
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

#: Where pictures are kept; nothing is drawn when it names nothing.
FOLDER = "ANLAN_PICTURES"
_HEAD = 12  # RIFF, the size, WEBP
_BITS_24 = 1 << 24


def wanted() -> Path | None:
    """Give the folder that pictures are kept in, if any."""
    named = os.environ.get(FOLDER)
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(page: Page, name: str, *, width: int | None = None) -> None:
    """Keep what a page shows, drawn `width` pixels wide, when pictures are wanted."""
    folder = wanted()
    if folder is not None:
        for passing in ("main.settling", ".skeleton", ".el-message"):
            expect(page.locator(passing)).to_have_count(0)
        (folder / f"{name}.webp").write_bytes(taken(page, width=width))


def taken(page: Page, *, quality: int = 80, width: int | None = None) -> bytes:
    """Take a picture of what a page shows, drawn `width` pixels wide."""
    size = page.viewport_size
    assert size is not None
    asked: dict[str, object] = {"format": "webp", "quality": quality}
    if width is not None:
        whole = {"x": 0, "y": 0, "width": size["width"], "height": size["height"]}
        asked["clip"] = {**whole, "scale": width / size["width"]}
    session = page.context.new_cdp_session(page)
    try:
        told = session.send("Page.captureScreenshot", asked)
    finally:
        session.detach()
    return base64.b64decode(told["data"])


def film(frames: Sequence[bytes], *, frame_ms: int, last_ms: int = 2_500) -> bytes:
    """Join pictures of one size into an animated WebP that begins anew for ever.

    The container is Google's "WebP Container Specification": VP8X, ANIM, an ANMF a frame.
    """
    width, height = _size(frames[0])
    extended = struct.pack("<I", 0x02) + _u24(width - 1) + _u24(height - 1)
    body = _chunk(b"VP8X", extended) + _chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0))
    for place, frame in enumerate(frames):
        lasts = last_ms if place == len(frames) - 1 else frame_ms
        where = _u24(0) + _u24(0) + _u24(width - 1) + _u24(height - 1)
        # No blending and no disposal: every frame covers the one before it.
        still = where + _u24(lasts) + b"\x02"
        image = b"".join(_chunk(name, data) for name, data in _chunks(frame) if name in _IMAGE)
        body += _chunk(b"ANMF", still + image)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


_IMAGE = (b"ALPH", b"VP8 ", b"VP8L")  # codespell:ignore alph


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    assert picture[:4] == b"RIFF"
    assert picture[8:_HEAD] == b"WEBP"
    place = _HEAD
    while place < len(picture):
        name, size = (
            picture[place : place + 4],
            int.from_bytes(picture[place + 4 : place + 8], "little"),
        )
        yield name, picture[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _size(picture: bytes) -> tuple[int, int]:
    for name, data in _chunks(picture):
        if name == b"VP8X":
            return (
                1 + int.from_bytes(data[4:7], "little"),
                1 + int.from_bytes(data[7:10], "little"),
            )
        if name == b"VP8 ":
            wide, high = struct.unpack("<HH", data[6:10])
            return wide & 0x3FFF, high & 0x3FFF
        if name == b"VP8L":
            bits = int.from_bytes(data[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise AssertionError("a picture without a size")


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _u24(value: int) -> bytes:
    assert 0 <= value < _BITS_24
    return value.to_bytes(3, "little")
