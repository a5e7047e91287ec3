"""The built front end: what is kept for ever, what is asked about again, and what is packed."""

import gzip
import os
from pathlib import Path

import pytest

from anlan.web.pages import Pages


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small front end."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-4f2a.js").write_text("const a = 1;\n" * 500, encoding="utf-8")
    (tmp_path / "assets" / "font-9c1b.woff2").write_bytes(b"\0" * 4096)
    (tmp_path / "mark.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "index.html").write_text("<!doctype html><title>安澜</title>", encoding="utf-8")
    return tmp_path


def test_named_by_content_is_kept_for_ever_and_packed(built: Path) -> None:
    plain = Pages(built).answer("/assets/index-4f2a.js", {})
    packed = Pages(built).answer("/assets/index-4f2a.js", {"accept-encoding": "br, gzip"})
    headers = dict(packed.headers)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 10


def test_fonts_are_not_packed_again(built: Path) -> None:
    told = Pages(built).answer("/assets/font-9c1b.woff2", {"accept-encoding": "gzip"})
    assert dict(told.headers)["content-type"] == "font/woff2"
    assert "content-encoding" not in dict(told.headers)


def test_the_index_answers_every_page_and_is_asked_about_again(built: Path) -> None:
    pages = Pages(built)
    for path in ("/", "/registers/shelters", "/map"):
        told = pages.answer(path, {})
        assert told.status == 200
        assert "安澜" in told.body.decode()
        assert dict(told.headers)["cache-control"] == "no-cache"
    again = pages.answer("/", {"if-none-match": dict(told.headers)["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_file_that_is_not_there_is_not_the_index(built: Path) -> None:
    for path in ("/assets/index-old1.js", "/robots.txt", "/assets/../../secret.py"):
        assert Pages(built).answer(path, {}).status == 404


def test_only_what_was_found_in_the_folder_is_ever_read(built: Path) -> None:
    (built.parent / "secret").write_text("master key", encoding="utf-8")
    for path in ("/../secret", "/%2e%2e/secret", "//etc/passwd", "/assets/../../secret"):
        assert b"master key" not in Pages(built).answer(path, {}).body


def test_a_new_build_is_served_without_a_restart_and_never_half(built: Path) -> None:
    pages = Pages(built)
    before = pages.answer("/", {}).body
    (built / "index.html").unlink()
    assert pages.answer("/", {}).body == before
    (built / "index.html").write_text("<title>new</title>", encoding="utf-8")
    os.utime(built / "index.html", (1, 2))
    assert b"new" in pages.answer("/", {}).body


def test_without_a_build_it_says_how_to_get_one(tmp_path: Path) -> None:
    told = Pages(tmp_path).answer("/", {})
    assert told.status == 503
    assert "./run" in told.body.decode()


def test_the_mark_is_given_where_browsers_look_unasked(built: Path) -> None:
    told = Pages(built).answer("/favicon.ico", {})
    assert told.status == 200
    assert dict(told.headers)["content-type"].startswith("image/svg+xml")
    assert told.body == b"<svg/>"
