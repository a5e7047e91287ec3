"""Logging in, being locked out, one-time codes, and how long it lasts."""

import itertools

import pytest

from anlan.base.journal.models import Entry
from anlan.base.permissions import passwords, system, totp
from anlan.base.permissions.errors import Locked, TotpRequired, Unauthenticated
from anlan.base.permissions.logins import session_login, token_login
from anlan.base.permissions.models import Session, Token, User
from anlan.base.permissions.services import accounts, refusals, sessions, tokens
from anlan.base.permissions.services.grants import give_grant, take_grant
from anlan.base.permissions.services.sessions import Credentials, log_in
from anlan.base.permissions.tests.conftest import COUNTY, PASSWORD, MakeUser, Turn
from anlan.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
BY = system("test")


def given(username: str = "lin", password: str = PASSWORD, otp: str = "") -> Credentials:
    return Credentials(username, password, otp, address="10.1.1.1")


def fail(times: int, username: str = "lin") -> list[str]:
    said = []
    for _ in range(times):
        with pytest.raises(Unauthenticated) as refused:
            log_in(given(username, "wrong-Word-1"))
        said.append(refused.value.detail)
    return said


def test_the_right_password_opens_a_session(make_user: MakeUser) -> None:
    make_user("lin", ("duty-officer", "339901"))
    key, user = log_in(given(" LIN "))
    login = session_login(key)
    assert login is not None
    assert login.actor.user_id == user.id
    assert [held.role for held in login.actor.roles] == ["duty-officer"]
    assert Session.objects.get().hash != key
    assert Entry.objects.filter(deed="users.logged-in", subject=user.id).exists()


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(
    make_user: MakeUser, turn: Turn
) -> None:
    make_user("lin")
    fail(5)
    with pytest.raises(Locked) as locked:
        log_in(given())
    assert 0 < locked.value.wait_s <= 901
    turn.forward(minutes=15, seconds=1)
    assert log_in(given())


def test_a_success_forgets_the_failures_before_it(make_user: MakeUser) -> None:
    make_user("lin")
    fail(4)
    log_in(given())
    fail(4)
    assert log_in(given())


def test_an_account_that_does_not_exist_answers_and_locks_like_one_that_does(
    make_user: MakeUser,
) -> None:
    make_user("lin")
    known = fail(5)
    unknown = fail(5, "nobody")
    assert known == unknown
    with pytest.raises(Locked):
        log_in(given("nobody"))


def test_an_address_that_tries_many_accounts_is_locked_too(make_user: MakeUser) -> None:
    make_user("lin")
    for number in range(refusals.ADDRESS_LIMIT):
        fail(1, f"guess{number}")
    with pytest.raises(Locked):
        log_in(given())
    assert log_in(Credentials("lin", PASSWORD, address="10.9.9.9"))


def test_the_security_administrator_unlocks(make_user: MakeUser) -> None:
    user = make_user("lin")
    fail(5)
    accounts.unlock_user(user=user, by=BY)
    assert log_in(given())


def test_a_session_ends_when_idle_and_in_any_case(make_user: MakeUser, turn: Turn) -> None:
    make_user("lin")
    idle, _ = log_in(given())
    used, _ = log_in(given())
    for _ in range(2):
        turn.forward(hours=5)
        assert session_login(used)
    assert session_login(idle) is None
    for _ in range(40):
        turn.forward(hours=5)
        session_login(used)
    assert session_login(used) is None


def test_locking_an_account_ends_its_sessions_and_tokens_at_once(make_user: MakeUser) -> None:
    user = make_user("lin", ("duty-officer", "339901"))
    key, _ = log_in(given())
    text, _ = tokens.create_token(user=user, name="script", by=BY)
    assert session_login(key) is not None
    assert token_login(text) is not None
    accounts.lock_user(user=user, by=BY)
    assert session_login(key) is None
    assert token_login(text) is None
    with pytest.raises(Unauthenticated):
        log_in(given())


def test_a_remembered_login_hears_of_new_rights_with_the_next_request(make_user: MakeUser) -> None:
    user = make_user("lin")
    key, _ = log_in(given())
    assert session_login(key).actor.roles == ()  # type: ignore[union-attr]
    grant = give_grant(user=user, role="section", region=COUNTY, by=BY)
    assert [h.role for h in session_login(key).actor.roles] == ["section"]  # type: ignore[union-attr]
    take_grant(grant=grant, by=BY)
    assert session_login(key).actor.roles == ()  # type: ignore[union-attr]


def test_a_remembered_login_costs_one_query(
    make_user: MakeUser, django_assert_num_queries: object
) -> None:
    make_user("lin", ("duty-officer", "339901"))
    key, _ = log_in(given())
    session_login(key)
    with django_assert_num_queries(1):  # type: ignore[operator]
        session_login(key)


def test_a_token_is_kept_as_a_hash_and_ends_when_revoked_or_over(
    make_user: MakeUser, turn: Turn
) -> None:
    user = make_user("lin")
    text, row = tokens.create_token(user=user, name="script", by=BY)
    assert text not in str(Token.objects.values_list().get())
    assert token_login(text) is not None
    tokens.revoke_token(token=row, by=BY)
    assert token_login(text) is None
    ends = turn.at.replace(hour=5)
    short, _ = tokens.create_token(user=user, name="short", by=BY, expires=ends)
    assert token_login(short) is not None
    turn.forward(hours=5)
    assert token_login(short) is None
    assert token_login("anlan_guess") is None


def test_one_time_codes_are_asked_for_and_open_once(make_user: MakeUser, turn: Turn) -> None:
    user = make_user("lin")
    secret, address = accounts.begin_totp(user=user)
    assert secret in address

    def code() -> str:
        return totp.code(secret, int(turn.at.timestamp()) // 30)

    with pytest.raises(Invalid):
        accounts.confirm_totp(user=user, secret=secret, otp="000000", by=BY)
    accounts.confirm_totp(user=user, secret=secret, otp=code(), by=BY)
    assert secret not in User.objects.get().totp
    turn.forward(seconds=60)
    with pytest.raises(TotpRequired):
        log_in(given())
    assert log_in(given(otp=code()))
    with pytest.raises(Unauthenticated):
        log_in(given(otp=code()))  # read over a shoulder and sent again
    turn.forward(seconds=60)
    assert log_in(given(otp=code()))


def test_a_new_password_must_be_good_and_new(make_user: MakeUser) -> None:
    user = make_user("lin")
    key, _ = log_in(given())
    other, _ = log_in(given())

    def change(old: str, new: str) -> None:
        accounts.change_password(user=user, old=old, new=new, by=BY, session=sessions.digest(key))

    for bad in ("Short-1", "alllowercaseletters", "lin-Is-My-Name-1", "Aa1Aa1Aa1Aa1", PASSWORD):
        with pytest.raises(Invalid) as refused:
            change(PASSWORD, bad)
        assert refused.value.errors["new"]
    with pytest.raises(Invalid) as refused:
        change("not the old one", "Sea-dyke-2026")
    assert "old" in refused.value.errors
    change(PASSWORD, "Sea-dyke-2026")
    assert session_login(key) is not None
    assert session_login(other) is None


def test_the_last_five_passwords_do_not_come_back(make_user: MakeUser) -> None:
    user = make_user("lin")
    used = [PASSWORD, *(f"Sea-dyke-202{number}" for number in range(6))]
    for old, new in itertools.pairwise(used):
        accounts.change_password(user=user, old=old, new=new, by=BY)
    for old in used[2:]:
        with pytest.raises(Invalid):
            accounts.change_password(user=user, old=used[-1], new=old, by=BY)
    accounts.change_password(user=user, old=used[-1], new=used[1], by=BY)


def test_passwords_of_the_three_administrators_are_not_reset_over_the_web(
    make_user: MakeUser,
) -> None:
    from anlan.base.permissions.selectors import actor_of

    keeper = actor_of(make_user("sys", ("system-admin", "")))
    auditor = make_user("aud", ("audit-admin", ""))
    clerk = make_user("clerk", ("section", "339901"))
    with pytest.raises(Forbidden):
        accounts.reset_password(user=auditor, password="Sea-dyke-2026", by=keeper)
    accounts.reset_password(user=clerk, password="Sea-dyke-2026", by=keeper)
    assert User.objects.get(pk=clerk.pk).must_change
    accounts.reset_password(user=auditor, password="Sea-dyke-2026", by=BY)


def test_account_names_are_unique_whatever_the_keyboard(make_user: MakeUser) -> None:
    make_user("lin")
    with pytest.raises(Conflict):
        accounts.create_user(username="ＬＩＮ", name="林", region=COUNTY, by=BY)


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, cut to six digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    table = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    for moment, digits in table.items():
        assert totp.code(secret, moment // 30) == digits


def test_a_password_is_scrypt_and_compared_whatever_the_form_of_its_letters(
    settings: object,
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]  # type: ignore[attr-defined]
    stored = passwords.hashed("ＡＢcd-1234-x")
    assert stored.startswith("scrypt$")
    assert passwords.matches("ABcd-1234-x", stored)
    assert not passwords.matches("ABcd-1234-y", stored)
    assert not passwords.matches("anything", "")
