"""What the doctor says of channels: wrong files, missing secrets, closed ports."""

import pytest

from anlan.comms.models import CarrierState
from anlan.comms.selectors import examining
from anlan.comms.tests.conftest import Home
from anlan.comms.tests.mailbox import mailbox
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import sink
from anlan.kernel import clock

pytestmark = pytest.mark.django_db


def test_nothing_is_said_where_everything_stands_and_nothing_is_sent(home: Home) -> None:
    home.ladder("sms", "mail", "voice", "app")
    with sink() as far, mailbox() as post:
        set_up(home, far.address)
        home.preset("mail", "", **post.changes())
        assert [one for one in examining.problems() if "阶梯" not in one] == []
        assert far.asked == []
        assert post.taken == []


def test_everything_that_keeps_messages_from_leaving_is_named(home: Home) -> None:
    home.ladder("sms", "wecom", "voice")
    with sink() as far:
        set_up(home, far.address)
    (home.dir / "secrets" / "sms").unlink()
    (home.dir / "conf" / "settings.toml").unlink()
    home.channel("bad", 'title = "坏"\nenabled = true\n')
    CarrierState.objects.create(
        key="mas", failures=4, last_error="HTTP 502", last_error_at=clock.now()
    )
    told = "\n".join(examining.problems())
    for said in (
        "bad.toml",
        "企业微信",
        "secrets/sms",
        "连不上 127.0.0.1",
        "link_base",
        "HTTP 502",
    ):
        assert said in told
