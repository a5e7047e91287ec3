import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.files import selectors, services, store
from anlan.base.files.models import File
from anlan.base.files.sniffing import sniff
from anlan.base.permissions.actor import Actor, Holding
from anlan.kernel.errors import Forbidden, Invalid, Missing

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
VILLAGE = "339901101201"
SUBJECT = ("shelters", "S" * 26)


def _zip(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(20), "video/mp4"),
        (_zip("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument"
         ".spreadsheetml.sheet"),
        (_zip("a.txt"), "application/zip"),
        ("避灾点照片说明".encode(), "text/plain"),
        ("避灾点照片说明".encode("gb18030"), "text/plain"),
        (b"<html><script>alert(1)</script>", None),
        (b"  <svg onload=alert(1)>", None),
        (b"#!/bin/sh\nrm -rf /", None),
        (b"MZ\x90\x00\x03\x00", None),
        (b"\x7fELF\x02\x01", None),
        (_zip("word/document.xml", "word/vbaProject.bin"), None),
        (b"PK\x03\x04 no archive", None),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(content: bytes, mime: str | None) -> None:
    assert sniff(content) == mime


@given(st.binary(max_size=300))
def test_looking_at_any_bytes_never_fails_and_never_takes_markup(content: bytes) -> None:
    mime = sniff(content)
    if content.lstrip().startswith(b"<"):
        assert mime is None


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\照片.png", "照片.png"),
        ("a\x00b\r\n.png", "ab.png"),
        ("", "附件"),
        ("..", "附件"),
        ("长" * 300, "长" * 200),
    ],
)
def test_a_name_keeps_nothing_that_a_path_or_a_header_trips_over(
    given_name: str, kept: str
) -> None:
    assert services.clean_name(given_name) == kept


def _township(prefix: str) -> Actor:
    held = (Holding("township", prefix),)
    return Actor(ref="user:T", user_id="T", name="乡镇", roles=held, via="session")


def _add(content: bytes = PNG, name: str = "照片.png") -> File:
    return services.add_file(
        name=name, content=content, subject=SUBJECT, region=VILLAGE, by=_township("339901101")
    )


@pytest.mark.django_db
def test_an_attachment_is_stored_under_its_digest_and_read_back() -> None:
    made = _add()
    assert store.read(made.sm3) == PNG
    assert store.digest(PNG) == made.sm3
    assert [row["name"] for row in selectors.files_of(*SUBJECT)] == ["照片.png"]
    assert selectors.files_of("shelters", "other") == []


def test_the_digest_is_the_standards_own() -> None:
    # GB/T 32905-2016, example 1
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert store.digest(b"abc") == expected


@pytest.mark.django_db(transaction=True)
def test_bytes_go_when_nothing_hangs_on_them_any_more() -> None:
    content = PNG + b"only here"
    first, second = _add(content), _add(content, "副本.png")
    path = store.path_of(first.sm3)
    services.remove_file(file=first, by=_township("339901101"))
    assert path.exists()
    services.remove_file(file=second, by=_township("339901101"))
    assert not path.exists()
    with pytest.raises(Missing):
        services.remove_file(file=second, by=_township("339901101"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"", b"<script>", bytes(services.LARGEST + 1)], ids=["empty", "markup", "large"]
)
def test_what_cannot_be_kept_is_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        _add(content)
    assert refused.value.errors["file"]


@pytest.mark.django_db
def test_a_stranger_attaches_nothing() -> None:
    with pytest.raises(Forbidden):
        services.add_file(
            name="x.png", content=PNG, subject=SUBJECT, region=VILLAGE, by=_township("339901102")
        )
    assert not File.objects.exists()


@pytest.mark.django_db
def test_no_half_written_file_is_ever_named_by_a_digest(workspace_of_tests: Path) -> None:
    _add(PNG + b"whole")
    assert not list((workspace_of_tests / "files").rglob("*.new"))
