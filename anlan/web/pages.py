"""The built front end as answers: files kept in memory, packed once, and the index for the rest.

No Django here: the server asks `Pages` directly, without a thread between.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: What Vite built: names under ``assets/`` carry a hash of their content and never change.
DIST = Path(__file__).resolve().parents[2] / "frontend" / "dist"
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

PACKED = ("text/", "application/javascript", "application/json", "image/svg+xml", "font/ttf")
PACK_FROM = 1024
#: Larger files are read from disk with every request.
KEEP_UP_TO = 8 * 1024 * 1024

#: Where browsers look unasked: for the mark of a page that names none, such as one behind a link.
ELSEWHERE = {"/favicon.ico": "/mark.svg"}

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("application/x-protobuf", ".pbf")

MISSING_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>安澜 Anlan</title>
<h1>安澜</h1><p>页面还没有构建。运行 <code>./run</code>，它会先构建页面。接口仍可使用。</p>
<p>The pages are not built yet. Run <code>./run</code>, which builds them first.</p></html>"""


@dataclass(frozen=True)
class Answer:
    """A whole answer; `body` is empty for 304."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class _File:
    path: Path
    mime: str
    etag: str
    cache: str
    body: bytes | None  # None: too large to keep
    packed: bytes | None


class Pages:
    """The files of one folder; read again when the folder was built anew."""

    def __init__(self, folder: Path = DIST) -> None:
        self._folder = folder
        self._stamp: float | None = None
        self._files: dict[str, _File] = {}

    def answer(self, path: str, asked: Mapping[str, str]) -> Answer:
        """Answer a path; what is no file is a page of the application, whose index answers.

        `asked` are the request's headers with small names: ``accept-encoding`` and
        ``if-none-match`` are looked at.
        """
        self._refresh()
        path = ELSEWHERE.get(path, path)
        file = self._files.get(path.lstrip("/"))
        if file is None and _names_a_file(path):
            return Answer(404, (("content-type", "text/plain; charset=utf-8"),), b"404")
        file = file or self._files.get("index.html")
        if file is None:
            headers = (("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"))
            return Answer(503, headers, MISSING_PAGE.encode())
        return _told(file, asked)

    def _refresh(self) -> None:
        """Look whether the front end was built anew: its index is written last.

        While it is being built, what was there before is served on.
        """
        try:
            stamp = (self._folder / "index.html").stat().st_mtime
            if stamp == self._stamp:
                return
            found = [path for path in self._folder.rglob("*") if path.is_file()]
            self._files = {
                path.relative_to(self._folder).as_posix(): _read(path, self._folder)
                for path in found
            }
        except FileNotFoundError:
            return
        self._stamp = stamp


def _names_a_file(path: str) -> bool:
    return path.startswith("/assets/") or "." in path.rsplit("/", 1)[-1]


def _told(file: _File, asked: Mapping[str, str]) -> Answer:
    headers = [("etag", file.etag), ("cache-control", file.cache), ("vary", "accept-encoding")]
    if file.etag in asked.get("if-none-match", ""):
        return Answer(304, tuple(headers), b"")
    headers.append(("content-type", file.mime))
    body = file.body if file.body is not None else file.path.read_bytes()
    if file.packed is not None and "gzip" in asked.get("accept-encoding", ""):
        headers.append(("content-encoding", "gzip"))
        body = file.packed
    return Answer(200, tuple(headers), body)


def _read(path: Path, folder: Path) -> _File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith(PACKED)
    packed = None
    if text and len(body) >= PACK_FROM:
        packed = gzip.compress(body, compresslevel=9, mtime=0)
    name = path.relative_to(folder).as_posix()
    return _File(
        path=path,
        mime=f"{kind}; charset=utf-8" if text and not kind.startswith("font/") else kind,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        cache=FOREVER if name.startswith("assets/") else ASK_AGAIN,
        body=body if len(body) <= KEEP_UP_TO else None,
        packed=packed,
    )
