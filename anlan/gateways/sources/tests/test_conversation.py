"""Requests are filled in, proved and signed as declared; answers are judged, secrets stay."""

import gzip
import hashlib
import hmac
import ipaddress
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from anlan.gateways.sources.calling import CallFailed, Line, read_body
from anlan.gateways.sources.conversation import Conversation
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.tests.far_side import NOW, Answer, Asked, declared, far_side, means
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Missing
from anlan.protocols.declared.requests import Tls
from anlan.protocols.declared.secrets import Secrets

FINE = {"code": 0, "list": []}
TIMES = {"from": NOW - timedelta(hours=1), "to": NOW}


def talk(home: Path, declaration: Declaration, now: datetime = NOW) -> Conversation:
    return Conversation(declaration, means(home, lambda: now))


def test_times_numbers_and_texts_stand_where_they_were_declared(tmp_path: Path) -> None:
    more = """
    headers = { "X-Day" = "{to:%Y%m%d}" }
    json = { from = "{from}", page = "{page}", size = "{size|text}", fixed = [1, "{{x}}"] }
    [paging]
    kind = "page"
    [window]
    format = "epoch-ms"
    """
    with far_side(lambda _: Answer(FINE)) as side:
        made = declared(f"{side.address}/a/{{from:%H%M}}?k=1", more)
        talk(tmp_path, made).ask({**TIMES, "page": 3, "size": 50})
    asked = side.asked[0]
    assert (asked.method, asked.path, asked.query) == ("POST", "/a/1100", {"k": "1"})
    assert asked.headers["X-Day"] == "20260701"
    assert json.loads(asked.body) == {
        "from": int(TIMES["from"].timestamp() * 1000), "page": 3, "size": "50", "fixed": [1, "{x}"],
    }  # fmt: skip


def test_a_query_may_be_written_in_gb18030(tmp_path: Path) -> None:
    more = 'charset = "gb18030"\nquery = { "站名" = "石门" }'
    with far_side(lambda _: Answer(FINE)) as side:
        talk(tmp_path, declared(f"{side.address}/", more)).ask({})
    assert side.asked[0].raw_query == "%D5%BE%C3%FB=%CA%AF%C3%C5"


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (
            'kind = "basic"\nusername = "u"\nsecret = "file:k"',
            "Authorization",
            "Basic dTpzZXNhbWU=",
        ),
        ('kind = "token"\nsecret = "file:k"', "Authorization", "Bearer sesame"),
        ('kind = "token"\nsecret = "file:k"\nheader = "X-Key"', "X-Key", "sesame"),
    ],
)
def test_we_say_who_we_are_as_declared(tmp_path: Path, auth: str, header: str, value: str) -> None:
    Secrets(tmp_path).keep("k", "sesame")
    with far_side(lambda _: Answer(FINE)) as side:
        talk(tmp_path, declared(f"{side.address}/", f"[auth]\n{auth}")).ask({})
    assert side.asked[0].headers[header] == value


def test_a_secret_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = '[auth]\nkind = "token"\nsecret = "env:SOURCE_KEY"\nquery = "ak"'
    with far_side(lambda _: Answer(FINE)) as side:
        made = declared(f"{side.address}/", auth)
        with pytest.raises(Missing, match="环境变量 SOURCE_KEY"):
            talk(tmp_path, made)
        monkeypatch.setenv("SOURCE_KEY", "sesame")
        talk(tmp_path, made).ask({})
    assert side.asked[0].query == {"ak": "sesame"}


SIGN = """
query = {{ b = "2", a = "1 2" }}
[sign]
algorithm = "{algorithm}"
encoding = "{encoding}"
secret = "file:k"
text = "{text}"
headers = {{ "X-Sign" = "{{signature}}", "X-Time" = "{{timestamp}}" }}
"""


@pytest.mark.parametrize(
    ("algorithm", "encoding", "text", "expected"),
    [
        ("hmac-sm3", "hex", r"{method}\n{path}\n{query_sorted}\n{timestamp}",
         lambda t: hmac.new(b"sesame", f"GET\n/p\na=1 2&b=2\n{t}".encode(), "sm3").hexdigest()),
        ("hmac-sha256", "HEX", "{timestamp}{body|sha256}",
         lambda t: hmac.new(b"sesame", f"{t}{hashlib.sha256(b'').hexdigest()}".encode(),
                            "sha256").hexdigest().upper()),
        ("md5", "hex", "{path}{secret}{timestamp}",
         lambda t: hashlib.md5(f"/psesame{t}".encode()).hexdigest()),
    ],
    ids=["hmac-sm3", "hmac-sha256", "md5"],
)  # fmt: skip
def test_declared_parts_are_signed(
    tmp_path: Path, algorithm: str, encoding: str, text: str, expected: Any
) -> None:
    Secrets(tmp_path).keep("k", "sesame")
    more = SIGN.format(algorithm=algorithm, encoding=encoding, text=text)
    with far_side(lambda _: Answer(FINE)) as side:
        talk(tmp_path, declared(f"{side.address}/p", more)).ask({})
    headers = side.asked[0].headers
    assert headers["X-Time"] == str(int(NOW.timestamp()))
    assert headers["X-Sign"] == expected(headers["X-Time"])


LOGIN = """
[auth]
kind = "login"
username = "duty"
secret = "file:k"
{more}
[auth.request]
url = "{address}/login"
form = {{ u = "{{username}}", p = "{{secret|sm3}}" }}
"""


def _doors(tokens: list[str], refused: int = 401) -> Any:
    """Answer logins with one token after another; take only the newest."""

    def decide(asked: Asked) -> Answer:
        if asked.path == "/login":
            tokens.append(f"T{len(tokens)}-long-enough")
            return Answer({"token": tokens[-1], "expires": 600})
        good = asked.headers.get("Authorization") == f"Bearer {tokens[-1]}"
        return Answer(FINE) if good else Answer({"error": "expired"}, refused)

    return decide


def test_a_token_is_asked_for_once_and_anew_before_it_ends(tmp_path: Path) -> None:
    Secrets(tmp_path).keep("k", "sesame")
    at = [NOW]
    tokens: list[str] = []
    with far_side(_doors(tokens)) as side:
        more = LOGIN.format(address=side.address, more='token = "token"\nexpires_in = "expires"')
        made, shared = declared(f"{side.address}/", more), means(tmp_path, lambda: at[0])
        for minute in (0, 5, 8, 9.5, 15):
            at[0] = NOW + timedelta(minutes=minute)
            Conversation(made, shared).ask({})
    assert len(tokens) == 2
    logins = [one for one in side.asked if one.path == "/login"]
    assert b"u=duty" in logins[0].body
    assert hashlib.new("sm3", b"sesame").hexdigest().encode() in logins[0].body


def test_a_token_refused_too_early_is_replaced_once(tmp_path: Path) -> None:
    Secrets(tmp_path).keep("k", "sesame")
    tokens: list[str] = []
    with far_side(_doors(tokens)) as side:
        more = LOGIN.format(address=side.address, more='token = "token"\nlifetime = "1d"')
        made, shared = declared(f"{side.address}/", more), means(tmp_path)
        Conversation(made, shared).ask({})
        tokens.append("somebody else logged in")
        Conversation(made, shared).ask({})
        assert len([one for one in side.asked if one.path == "/login"]) == 2
        side.decide = lambda asked: (
            Answer({"token": "never good"}) if asked.path == "/login" else Answer({}, 401)
        )
        with pytest.raises(CallFailed, match="不认可我们的身份") as caught:
            Conversation(made, shared).ask({})
    assert caught.value.cause == "refused"


def test_cookies_of_a_login_are_a_token_too(tmp_path: Path) -> None:
    Secrets(tmp_path).keep("k", "sesame")

    def decide(asked: Asked) -> Answer:
        if asked.path == "/login":
            return Answer({}, headers={"Set-Cookie": "JSESSIONID=abc123; Path=/; HttpOnly"})
        return (
            Answer(FINE) if asked.headers.get("Cookie") == "JSESSIONID=abc123" else Answer({}, 401)
        )

    with far_side(decide) as side:
        more = LOGIN.format(address=side.address, more="")
        talk(tmp_path, declared(f"{side.address}/", more)).ask({})


def test_an_answer_that_says_no_is_a_failure_with_its_words(tmp_path: Path) -> None:
    more = '[answer]\nok = { path = "code", is = [0, 200] }\nmessage = "msg"'
    with far_side(lambda _: Answer({"code": 500, "msg": "库表维护中"})) as side:
        conversation = talk(tmp_path, declared(f"{side.address}/", more))
        with pytest.raises(CallFailed, match="code 是「500」库表维护中"):
            conversation.ask({})


def test_no_secret_shows_in_what_is_told(tmp_path: Path) -> None:
    Secrets(tmp_path).keep("k", "open sesame")
    auth = '[auth]\nkind = "token"\nsecret = "file:k"\nquery = "ak"'
    proof = hashlib.md5(b"open sesame").hexdigest()

    def decide(asked: Asked) -> Answer:
        return Answer({"you sent": asked.query, "so": proof}, 500)

    with far_side(decide) as side:
        conversation = talk(tmp_path, declared(f"{side.address}/", auth))
        with pytest.raises(CallFailed) as caught:
            conversation.ask({})
    assert "ak=***" in conversation.asked
    assert "***" in caught.value.detail
    assert "sesame" not in caught.value.detail + conversation.asked
    assert proof not in caught.value.detail


@pytest.mark.parametrize(
    ("answer", "cause", "reason"),
    [
        (Answer({}, 302, {"Location": "http://elsewhere/"}), "status", "改为最终地址"),
        (Answer({}, 403), "refused", "403"),
        (Answer({}, 429, {"Retry-After": "120"}), "busy", "稍后再来"),
        (Answer({}, 500), "status", "HTTP 500"),
        (Answer(b"<html>login please</html>"), "answer", "不是 JSON：「<html>login"),
        (Answer(b"x" * 2000), "size", r"超过 0\.001 MB"),
        (Answer(gzip.compress(b"x" * 2000), headers={"Content-Encoding": "gzip"}), "size", "超过"),
        (Answer(b"junk", headers={"Content-Encoding": "gzip"}), "answer", "gzip"),
    ],
)
def test_every_failure_is_a_sentence(
    tmp_path: Path, answer: Answer, cause: str, reason: str
) -> None:
    with far_side(lambda _: answer) as side:
        made = declared(f"{side.address}/", "[answer]\nlargest_mb = 0.001")
        with pytest.raises(CallFailed, match=reason) as caught:
            talk(tmp_path, made).ask({})
    assert caught.value.cause == cause
    assert caught.value.wait_s == (120 if cause == "busy" else 0)


def test_nobody_at_home_is_a_failure_too(tmp_path: Path) -> None:
    with far_side(lambda _: Answer(FINE)) as side:
        made = declared(f"{side.address}/")
    with pytest.raises(CallFailed, match="拒绝连接") as caught:
        talk(tmp_path, made).ask({})
    assert caught.value.cause == "network"


def test_who_drips_is_given_up_when_the_time_is_over(tmp_path: Path) -> None:
    class Dripping:
        def read1(self, _: int) -> bytes:
            return b"x"

    line = Line(timeout_s=0.05, largest=10**9, tls=Tls(), proxy="", folder=tmp_path)
    with pytest.raises(CallFailed, match="没有传完") as caught:
        read_body(Dripping(), line, time.monotonic())
    assert caught.value.cause == "timeout"


def _certificate(folder: Path) -> Path:
    """Make a certificate for this machine that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = real_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "own.pem"
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def test_a_certificate_is_believed_only_where_it_is_declared(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path)
    with far_side(lambda _: Answer(FINE), certificate) as side:
        with pytest.raises(CallFailed, match="证书不可信") as caught:
            talk(tmp_path, declared(f"{side.address}/")).ask({})
        assert caught.value.cause == "tls"
        for tls in ('ca = "own.pem"', "verify = false"):
            talk(tmp_path, declared(f"{side.address}/", f"[tls]\n{tls}")).ask({})


def test_a_packed_answer_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps({"list": [1]}).encode())
    with far_side(lambda _: Answer(packed, headers={"Content-Encoding": "gzip"})) as side:
        page = talk(tmp_path, declared(f"{side.address}/")).ask({})
    assert page.tree == {"list": [1]}


def test_a_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.keep("water", "sesame")
    assert (tmp_path / "secrets" / "water").stat().st_mode & 0o077 == 0
    assert [name for name, _ in secrets.names()] == ["water"]
    with pytest.raises(Missing):
        secrets.value("file:fire")
