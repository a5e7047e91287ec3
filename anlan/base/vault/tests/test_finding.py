import pytest

from anlan.base.vault import services, tokens
from anlan.base.vault.models import Token
from anlan.base.vault.selectors import subjects_matching
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db

KINDS = ("name", "chars", "initials")


def _named(name: str) -> str:
    subject = new_id()
    services.index_many([(subject, {kind: [name] for kind in KINDS})])
    return subject


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("name", "王小明"),
        ("name", " 王 小明 "),
        ("chars", "小"),
        ("chars", "小明"),
        ("chars", "王小明"),
        ("initials", "wx"),
        ("initials", "WXM"),
    ],
)
def test_a_person_is_found_by_what_people_remember(kind: str, asked: str) -> None:
    wang = _named("王小明")
    _named("李雷")
    assert subjects_matching(kind, asked) == [wang]


@pytest.mark.parametrize(("kind", "asked"), [("chars", "明小"), ("initials", "xm"), ("name", "王")])
def test_other_texts_find_nobody(kind: str, asked: str) -> None:
    _named("王小明")
    assert subjects_matching(kind, asked) == []


def test_a_surname_with_two_readings_is_found_by_both() -> None:
    zeng = _named("曾志伟")
    assert subjects_matching("initials", "zzw") == [zeng]
    assert subjects_matching("initials", "czw") == [zeng]


def test_phones_are_found_by_number_and_by_tail() -> None:
    subject = new_id()
    phones = ["+86 138-0000-1234", "0576-8888 5678"]
    services.index_many([(subject, {"phone": phones, "tail4": phones})])
    assert subjects_matching("phone", "13800001234") == [subject]
    assert subjects_matching("tail4", "5678") == [subject]
    assert subjects_matching("tail4", "678") == []


def test_what_is_no_longer_true_no_longer_finds() -> None:
    subject = _named("王小明")
    services.index(subject, "name", ["王大明"])
    assert subjects_matching("name", "王小明") == []
    assert subjects_matching("name", "王大明") == [subject]
    assert subjects_matching("chars", "小明") == [subject]  # a kind not named keeps its tokens


def test_indexing_again_changes_nothing() -> None:
    subject = _named("王小明")
    before = set(Token.objects.values_list("pk", flat=True))
    services.index_many([(subject, {kind: ["王小明"] for kind in KINDS})])
    assert set(Token.objects.values_list("pk", flat=True)) == before


def test_an_erased_person_is_found_no_more() -> None:
    subject = _named("王小明")
    services.seal(subject, "王小明")
    services.destroy([subject], by="user:1")
    assert subjects_matching("name", "王小明") == []
    assert not Token.objects.filter(subject=subject).exists()


def test_a_token_is_nothing_without_the_key() -> None:
    _named("王小明")
    macs = set(Token.objects.values_list("mac", flat=True))
    from anlan.base.vault import ciphers

    guesses = {ciphers.token(bytes(16), kind, text) for kind in KINDS for text in ("王小明", "王")}
    assert not macs & guesses


def test_every_kind_can_be_asked_for() -> None:
    for kind in tokens.KINDS:
        assert tokens.expand(kind, "13800001234")
        assert subjects_matching(kind, "") == []
