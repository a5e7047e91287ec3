import pytest
from pytest_django import DjangoAssertNumQueries

from anlan.base.vault import ciphers, keyring, services
from anlan.base.vault.models import Key
from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Missing
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db

LI = {"name": "李雷", "idno": "33990119800101123X", "phone": None, "note": ""}


def test_what_was_sealed_opens_again_and_emptiness_stays_empty() -> None:
    subject = new_id()
    sealed = services.seal_many([(subject, LI)])[0]
    assert sealed["phone"] is None
    assert sealed["note"] == ""
    assert services.is_sealed(sealed["name"])
    assert services.open_many([(subject, sealed)]) == [LI]


def test_the_same_text_never_looks_the_same_twice() -> None:
    subject = new_id()
    assert services.seal(subject, "李雷") != services.seal(subject, "李雷")


def test_what_is_sealed_already_is_not_sealed_again() -> None:
    subject = new_id()
    sealed = services.seal(subject, "李雷")
    assert services.seal(subject, sealed) == sealed


def test_text_that_only_looks_sealed_is_sealed() -> None:
    subject = new_id()
    for text in ("s1:", "s1:abc", "s1:！"):
        assert services.open(subject, services.seal(subject, text)) == text


def test_a_value_moved_to_another_person_does_not_open() -> None:
    li, han = new_id(), new_id()
    sealed = services.seal(li, "李雷")
    services.seal(han, "韩梅梅")
    assert services.open(han, sealed) == services.UNREADABLE


def test_any_changed_byte_of_a_value_is_noticed() -> None:
    key, subject = bytes(range(16)), new_id()
    sealed = ciphers.encrypt(key, "李雷".encode(), subject.encode())
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert ciphers.decrypt(key, bytes(changed), subject.encode()) is None


def test_many_subjects_take_few_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pairs = [(new_id(), LI) for _ in range(300)]
    with django_assert_num_queries(5):  # savepoint, find, insert, find, release
        sealed = services.seal_many(pairs)
    with django_assert_num_queries(1):
        opened = services.open_many(list(zip([s for s, _ in pairs], sealed, strict=True)))
    assert opened == [LI] * 300


def test_another_master_key_is_named_instead_of_showing_nonsense(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    subject = new_id()
    sealed = services.seal(subject, "李雷")
    other = tmp_path_factory.mktemp("other") / "secret"
    other.write_text("00" * workspace.SECRET_BYTES)
    monkeypatch.setenv("ANLAN_SECRET_FILE", str(other))
    with pytest.raises(Missing, match="主密钥不符"):
        services.open(subject, sealed)


def test_keys_are_wrapped_in_the_database() -> None:
    subject = new_id()
    key = keyring.make([subject])[subject]
    assert key not in bytes(Key.objects.get(subject=subject).wrapped)


def test_an_erased_person_reads_as_erased_and_is_not_written_again() -> None:
    li, han = new_id(), new_id()
    sealed = services.seal(li, "李雷")
    kept = services.seal(han, "韩梅梅")
    assert services.destroy([li, new_id()], by="user:1") == 1
    assert services.open(li, sealed) == services.ERASED
    assert services.open(han, kept) == "韩梅梅"
    with pytest.raises(Conflict):
        services.seal(li, "李雷")
    assert services.destroy([li], by="user:1") == 0


def test_the_platforms_own_secrets_open_again() -> None:
    assert services.open_own(services.seal_own("JBSWY3DP")) == "JBSWY3DP"


def test_sm4_matches_the_standards_example() -> None:
    """GB/T 32907-2016, appendix A.1."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    cipher = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert cipher.update(key).hex() == "681edf34d206965e86b3e94f536e4246"
