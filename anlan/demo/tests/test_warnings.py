"""The rainy night of the demo county: what came in, what went on, who answered, what waits."""

from dataclasses import replace
from pathlib import Path

import pytest

from anlan.base.journal.verification import verify
from anlan.base.obligations.models import Obligation, Step
from anlan.comms.models import Reply
from anlan.demo import load as loading
from anlan.demo.county import County
from anlan.demo.county.model import Post
from anlan.demo.load import load_county
from anlan.demo.tests import small
from anlan.demo.warnings import start_warnings
from anlan.kernel import clock
from anlan.warn.models import Alert, Received

pytestmark = pytest.mark.django_db


#: Posts that a rainstorm calls, held by somebody, beside the vacant one of the small county.
CALLED = ("village-deputy", "stationed-cadre", "transfer-responsible", "warning-keeper")


def _county() -> County:
    grown = small.county()
    posts = tuple(
        Post(f"N{n}", "U1", small.VILLAGE, role, role, (), 1, None, "P4", None)
        for n, role in enumerate(CALLED)
    )
    return replace(grown, posts=(*grown.posts, *posts))


@pytest.fixture
def night(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Load the small county with its accounts and its night."""
    monkeypatch.setattr(loading, "generate", lambda **_: _county())
    monkeypatch.setattr(loading, "approve_plans", lambda *_, **__: 0)
    monkeypatch.setattr(loading, "start_matters", lambda *_, **__: 0)
    monkeypatch.setattr(loading, "start_review", lambda *_, **__: 0)
    monkeypatch.setattr(loading, "switch_on_rules", lambda *_, **__: 0)
    load_county()
    return demo


@pytest.mark.usefixtures("night")
def test_the_red_update_of_what_was_relayed_waits_for_the_newcomer() -> None:
    waiting = Received.objects.filter(handled_at=None, state="standing")
    red = waiting.get(hazard="rainstorm")
    assert (red.level, red.action) == (1, "update")
    orange = Received.objects.get(pk=red.replaces[0])
    out = Alert.objects.get(received=orange)
    assert out.issued_at is not None
    assert out.text == orange.text
    assert waiting.filter(regions=[]).count() == 1


@pytest.mark.usefixtures("night")
def test_most_have_answered_by_their_own_link_some_never_and_gaps_stay() -> None:
    calls = Obligation.objects.filter(kind="call", title__contains="暴雨")
    answered = calls.filter(answered_at__isnull=False)
    assert 0 < answered.count() < calls.count()
    assert not Step.objects.filter(obligation__in=answered, on_behalf=True).exists()
    assert all(
        one.answered_at and one.issued_at < one.answered_at < clock.now() for one in answered
    )


@pytest.mark.usefixtures("night")
def test_an_own_alert_waits_for_its_second_person_and_words_for_a_reader() -> None:
    own = Alert.objects.get(relayed=False)
    assert (own.state, own.level) == ("review", 2)
    assert Reply.objects.filter(settled_at=None).count() == 2


@pytest.mark.usefixtures("night")
def test_the_night_happens_once_in_real_time_again_and_the_journal_holds() -> None:
    before = Received.objects.count()
    assert start_warnings(f"{small.county().code}000000") == 0
    assert Received.objects.count() == before
    assert abs((clock.now() - clock.real_now()).total_seconds()) < 5
    assert verify().ok
