"""Channel files: those the guide shows are taken as they stand, slips told with their line."""

import re
import tomllib
from pathlib import Path

import pytest

from anlan.comms.declaration import read_text
from anlan.comms.tests.conftest import PRESETS
from anlan.protocols.declared.taking import Wrong

GUIDE = Path(__file__).parents[3] / "docs" / "howto" / "channels.md"
SHOWN = dict(
    re.findall(
        r'```toml title="var/live/conf/channels/([a-z-]+)\.toml"\n(.*?)```',
        GUIDE.read_text(encoding="utf-8"),
        re.DOTALL,
    )
)


PIECES = re.findall(
    r"^```toml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


def test_the_guide_names_every_file_that_is_shipped_and_the_word_it_serves() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `([a-z-]+)\.toml` \| `([a-z]+)` \|", text, re.MULTILINE))
    shipped = {path.stem: path.read_text(encoding="utf-8") for path in PRESETS.glob("*.toml")}
    assert named == {key: read_text(key, text).channel for key, text in shipped.items()}


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_the_guide_shows_fits_into_a_file(piece: str) -> None:
    text = SHOWN["sms"]
    for name in tomllib.loads(piece):
        table = rf"^\[{name}\].*?(?=^\[|\Z)"
        text = re.sub(table, "", text, flags=re.DOTALL | re.MULTILINE)
    read_text("sms", f"{text}\n{piece}")


@pytest.mark.parametrize("key", SHOWN)
def test_a_file_the_guide_shows_is_taken_as_it_stands(key: str) -> None:
    made = read_text(key, SHOWN[key])
    assert made.enabled
    assert made.channel == key


def test_the_guide_shows_a_short_message_and_mail() -> None:
    assert set(SHOWN) == {"sms", "mail"}
    made = read_text("sms", SHOWN["sms"])
    assert made.outgoing is not None
    assert made.outgoing.batch == 200
    assert made.receipt is not None
    assert made.receipt.delivered == {"DELIVRD"}
    assert made.reply is not None


@pytest.mark.parametrize(
    ("right", "wrong", "line_of", "said"),
    [
        ('path = "code", is = [0]', 'path = "code", equals = [0]', "ok = ", "equals"),
        ("batch = 200", "batch = 0", "batch", "1"),
        ('channel = "sms"', 'channel = "sheet"', "channel", "不能自动发送"),
        ('key = "extid"\ncode', "code", "[receipt]", "ticket"),
        ("per_second = 100", "per_secnd = 100", "per_secnd", "per_secnd"),
    ],
)
def test_a_slip_is_told_with_its_line(right: str, wrong: str, line_of: str, said: str) -> None:
    text = SHOWN["sms"].replace(right, wrong)
    assert text != SHOWN["sms"]
    expected = next(n for n, line in enumerate(text.split("\n"), 1) if line_of in line)
    with pytest.raises(Wrong) as told:
        read_text("sms", text)
    problems = told.value.problems
    assert [one.line for one in problems] == [expected], problems
    assert said in problems[0].sentence()
