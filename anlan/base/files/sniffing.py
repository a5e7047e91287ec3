"""What a file is, by its bytes. Only kinds on the list come in, nothing that a browser runs."""

import io
import zipfile
from collections.abc import Callable

#: Enough of a file to tell what it is.
HEAD = 4096

_BEGINS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_OFFICE = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
#: Bytes below the space that no text holds.
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")
#: Kinds a browser may show in its own window; the others are offered for saving.
SHOWN = frozenset(
    ("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain")
)


def sniff(content: bytes) -> str | None:
    """Tell the media type of a file by its content; None for kinds that are not taken."""
    head = content[:HEAD]
    for begin, mime in _BEGINS:
        if head.startswith(begin):
            return mime
    for look in _LOOKS:
        found = look(content)
        if found:
            return found
    return None


def _container(content: bytes) -> str | None:
    """Tell RIFF and ISO media apart by the mark inside."""
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12])
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        if brand in (b"heic", b"heix", b"mif1"):
            return "image/heic"
        return "audio/mp4" if brand.startswith(b"M4A") else "video/mp4"
    return None


def _office(content: bytes) -> str | None:
    """Tell a modern office document from any other ZIP; macros are not taken."""
    if content[:4] != b"PK\x03\x04":
        return None
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    for folder, mime in _OFFICE:
        if any(name.startswith(folder) for name in names):
            return mime
    return "application/zip"


def _text(content: bytes) -> str | None:
    """Tell plain text: decodes, has no control characters, is no markup a browser runs."""
    head = content[:HEAD]
    if _CONTROLS.intersection(head):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            # The head may end inside a character.
            text = (
                head[: len(head) - 4].decode(encoding)
                if len(head) == HEAD
                else head.decode(encoding)
            )
        except UnicodeDecodeError:
            continue
        lowered = text.lstrip("\ufeff \t\r\n").lower()
        if lowered.startswith(("<", "#!")):
            return None
        return "text/plain"
    return None


_LOOKS: tuple[Callable[[bytes], str | None], ...] = (_container, _office, _text)
