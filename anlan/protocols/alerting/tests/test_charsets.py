"""In which characters a message is written, whatever it declares."""

import re

import pytest

from anlan.protocols.alerting.mending import Mend
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.tests import made
from anlan.protocols.alerting.tests.test_reading import mends

#: What is declared, what it is written in, whether that is the same; "" declares nothing.
WRITTEN = [
    ("ISO-8859-1", "utf-8", False), ("windows-1252", "utf-8", False),
    ("ISO-8859-1", "gb2312", False), ("GB2312", "utf-8", False), ("GBK", "utf-8", False),
    ("GB18030", "utf-8", False), ("Big5", "utf-8", False), ("UTF-8", "gbk", False),
    ("utf-16", "utf-8", False), ("utf-16", "gbk", False), ("", "gbk", False),
    ("GBK", "gbk", True), ("GB2312", "gbk", True), ("GB18030", "gb18030", True),
    ("UTF-8", "utf-8", True), ("", "utf-8", True), ("UTF-8", "utf-8-sig", True),
    ("GBK", "utf-8-sig", True), ("utf-16", "utf-16", True), ("utf-16", "utf-16-be", True),
    ("utf-16", "utf-16-le", True), ("UTF-8", "utf-16", True),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "written", "rightly"), WRITTEN)
def test_the_bytes_decide_in_which_characters_a_message_is_written(
    declared: str, written: str, rightly: bool
) -> None:
    said = f' encoding="{declared}"' if declared else ""
    text = made.NATIONAL.replace(' encoding="UTF-8"', said)
    data = text.encode(written)
    assert read_alert(data).infos == read_alert(made.NATIONAL.encode()).infos
    assert (Mend.CHARSET in mends(data)) is not rightly


@pytest.mark.parametrize("rare", ["𠮷", "㙍", "垟", "·—"])
def test_characters_only_gb18030_has_are_read_as_declared(rare: str) -> None:
    text = made.NATIONAL.replace("云屿县气象台", f"{rare}县气象台").replace("UTF-8", "GB18030")
    assert read_alert(text.encode("gb18030")).infos[0].sender_name == f"{rare}县气象台"


@pytest.mark.parametrize(
    "name", ["Météo-France", "Zürich", "Straße", "Århus", "Cañón de Año Nuevo", "Île"]
)
def test_what_really_is_latin_1_stays_latin_1(name: str) -> None:
    text = made.CAP.replace("UTF-8", "ISO-8859-1")
    text = "".join(c if ord(c) < 128 else "x" for c in text)
    text = re.sub("<senderName>.*?</senderName>", f"<senderName>{name}</senderName>", text, count=1)
    data = text.encode("latin-1")
    assert read_alert(data).infos[0].sender_name == name
    assert Mend.CHARSET not in mends(data)


def test_a_short_word_in_gbk_that_happens_to_be_utf_8_is_gbk() -> None:
    word = "一系通"
    assert word.encode("gbk").decode("utf-8") == "һϵͨ"
    text = made.NATIONAL.replace("UTF-8", "GBK")
    text = "".join(c if ord(c) < 128 else "x" for c in text)
    text = re.sub("<senderName>.*?</senderName>", f"<senderName>{word}</senderName>", text)
    assert read_alert(text.encode("gbk")).infos[0].sender_name == word
