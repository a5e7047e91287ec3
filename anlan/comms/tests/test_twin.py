"""An exercise rings nobody: whatever kind a channel is, its twin on the console takes its place.

Walked over every kind there is, so that one added tomorrow is asked the same.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.obligations.ladders import CHANNELS as WORDS
from anlan.base.people.tests import village as v
from anlan.base.vault import services as vault
from anlan.comms import services
from anlan.comms.carriers.console import ConsoleCarrier
from anlan.comms.carriers.making import make_carrier
from anlan.comms.carriers.slots import declared_for
from anlan.comms.channels import CHANNELS, channel_of
from anlan.comms.declaration import read_text
from anlan.comms.declaration.reading import KINDS
from anlan.comms.declaration.shelf import shelf
from anlan.comms.linking import link_base
from anlan.comms.models import ConsoleNote, Message
from anlan.comms.tests.conftest import PRESETS, Home, World
from anlan.comms.tests.mailbox import Mailbox, mailbox
from anlan.comms.tests.sink import Sink, sink
from anlan.kernel.errors import Conflict

BY_MACHINE = sorted(key for key, one in CHANNELS.items() if not one.by_hand and not one.at_once)


def test_every_kind_is_a_word_of_the_ladders_and_every_word_a_kind() -> None:
    assert set(WORDS) == set(CHANNELS)


def test_a_channel_named_by_its_key_stands_for_its_kind(home: Home) -> None:
    home.preset("webhook", "http://127.0.0.1:9", key="wall")
    assert channel_of("wall").key == "webhook"
    assert channel_of("gone-since").key == "sms"


def _rehearse(home: Home, kind: str, parent: str = "") -> None:
    path = home.dir / "workspace.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told |= {"kind": kind, "parent": parent}
    path.write_text(json.dumps(told), encoding="utf-8")


def _declare(home: Home, channel: str, far: Sink, post: Mailbox) -> None:
    """Set up a real channel of a kind, ready to ring."""
    shipped = {
        read_text(path.stem, path.read_text(encoding="utf-8")).channel: path.stem
        for path in PRESETS.glob("*.toml")
    }
    if channel == "mail":
        home.preset("mail", far.address, **post.changes())
    else:
        home.preset(shipped[channel], far.address)


def test_links_of_an_exercise_do_not_lead_into_the_workspace_it_was_copied_from(
    home: Home, tmp_path: Path
) -> None:
    told = '[comms]\nlink_base = "https://yj.example/"\n'
    home.settings(told)
    assert link_base() == "https://yj.example"
    source = tmp_path / "source"
    (source / "conf").mkdir(parents=True)
    _rehearse(home, "exercise", parent=str(source))
    assert link_base() == "https://yj.example"  # said for the exercise itself
    (source / "conf" / "settings.toml").write_text(told, encoding="utf-8")
    assert link_base() == ""


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["exercise", "demo"])
@pytest.mark.parametrize("channel", BY_MACHINE)
def test_no_kind_of_channel_leaves_an_exercise_whatever_its_files_say(
    home: Home, world: World, channel: str, kind: str
) -> None:
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    with sink() as far, mailbox() as post:
        _declare(home, channel, far, post)
        assert [one.key for one in declared_for(channel)] != ["console"]
        _rehearse(home, kind)
        world.owe("head", ladder=home.ladder(channel))
        drain()
        services.pull_due()
        assert far.asked == []
        assert post.asked == 0
    message = Message.objects.get()
    if CHANNELS[channel].needs in ("number", "", "device"):
        assert (message.state, message.carrier) == ("sent", "console")
        assert ConsoleNote.objects.get().message_id == message.pk
    else:
        assert (message.state, message.reason) == ("failed", "no-number")


#: Channel -> the file its operator copied ("" none), and what its reader would read of a notice.
READ = [
    ("sms", "", "【演练】【通知】防台风会议，请于8月3日 11:00前签收：/m/"),
    ("sms", "sms-aliyun", "【云屿应急】您有一件通知：防台风会议，请在8月3日 11:00前回复1签收"),
    ("sms", "sms-mas", "【通知】防台风会议"),
    ("mail", "", "【演练】防台风会议\n\n请于今晚八时前"),
    ("wecom", "", "防台风会议"),
    ("loudspeaker", "loudspeaker", "防台风会议"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("channel", "preset", "read"), READ)
def test_the_twin_shows_what_would_leave_in_the_words_of_its_file_or_else_of_its_kind(
    home: Home, world: World, channel: str, preset: str, read: str
) -> None:
    body = "请于今晚八时前到镇政府三楼参加防台风会议，带上转移名单。"
    with sink() as far:
        if preset:
            home.preset(preset, far.address)
        for kind, address in (("mail", "head@county.example"), ("wecom", "head")):
            v.save("accounts", person="P-head", kind=kind, address=address)
        _rehearse(home, "exercise")
        world.owe("head", ladder=home.ladder(channel), body=body)
        drain()
        assert far.asked == []
    note = ConsoleNote.objects.get()
    text = vault.open(note.seal_subject, note.text)
    assert read in text
    assert (body in text) == (channel != "sms" or preset == "sms-mas")
    assert ("/m/" in text) == (channel != "loudspeaker" and preset != "sms-aliyun")


@pytest.mark.parametrize("kind", sorted({*KINDS, "not-thought-of-yet"}))
def test_no_carrier_of_any_kind_is_made_for_an_exercise(
    home: Home, tmp_path: Path, kind: str
) -> None:
    assert tmp_path
    home.preset("webhook", "http://127.0.0.1:9")
    declared: Any = shelf().declaration("webhook")
    object.__setattr__(declared, "kind", kind)
    _rehearse(home, "exercise")
    with pytest.raises(Conflict):
        make_carrier(declared)
    assert isinstance(make_carrier(declared_for("sms")[0]), ConsoleCarrier)
