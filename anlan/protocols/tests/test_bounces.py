"""Bounces as servers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols.bounces import Bounce, is_report, read_bounces

#: As Postfix writes it.
POSTFIX = """Return-Path: <>
From: MAILER-DAEMON@mail.example.gov.cn (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: yjgl@example.gov.cn
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="A1B2.1/mail.example.gov.cn"
Content-Transfer-Encoding: 8bit

This is a MIME-encapsulated message.

--A1B2.1/mail.example.gov.cn
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

<li@village.test>: host mx.village.test[192.0.2.1] said: 550 5.1.1
    <li@village.test>: Recipient address rejected (in reply to RCPT TO command)

--A1B2.1/mail.example.gov.cn
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.gov.cn
X-Postfix-Sender: rfc822; yjgl@example.gov.cn
Arrival-Date: Sat,  1 Aug 2026 08:00:00 +0800 (CST)

Final-Recipient: rfc822; li@village.test
Original-Recipient: rfc822;li@village.test
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.village.test
Diagnostic-Code: smtp; 550 5.1.1 <li@village.test>: Recipient address
    rejected: User unknown

--A1B2.1/mail.example.gov.cn
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: yjgl@example.gov.cn
To: li@village.test
Subject: =?utf-8?b?6Ziy5Y+w6aOO?=
Message-ID: <01K1XAMPLEXAMPLEXAMPLEXAMP@mail.example.gov.cn>

text
--A1B2.1/mail.example.gov.cn--
"""
MAIL = "01K1XAMPLEXAMPLEXAMPLEXAMP@mail.example.gov.cn"


def read(old: str = "", new: str = "") -> list[Bounce]:
    assert old in POSTFIX
    return read_bounces(POSTFIX.replace(old, new).replace("\n", "\r\n").encode())


def test_a_report_names_its_mail_what_became_of_it_and_why() -> None:
    said = "550 5.1.1 …: Recipient address rejected: User unknown"
    assert read() == [Bounce(mails=(MAIL,), action="failed", status="5.1.1", said=said)]


def test_the_address_is_in_nothing_that_is_kept() -> None:
    (bounce,) = read()
    assert "@" not in bounce.said
    assert "village" not in bounce.said


def test_the_mail_is_found_where_its_header_alone_comes_back() -> None:
    assert read("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers")[0].mails == (
        MAIL,
    )


def test_the_mail_is_found_by_what_the_report_answers() -> None:
    gone = POSTFIX.replace("Message-ID: <", "X-Id: <").replace(
        "Auto-Submitted", f"References: <{MAIL}>\nAuto-Submitted"
    )
    assert read_bounces(gone.encode())[0].mails == (MAIL,)


def test_a_delay_is_not_the_end_and_a_delivery_is() -> None:
    (late,) = read("Action: failed\nStatus: 5.1.1", "Action: delayed\nStatus: 4.4.1")
    assert (late.action, late.status, late.is_final) == ("delayed", "4.4.1", False)
    (there,) = read("Action: failed\nStatus: 5.1.1", "Action: Delivered\nStatus: 2.0.0")
    assert (there.action, there.is_final) == ("delivered", True)


def test_a_server_that_tells_no_status_is_read_by_its_words() -> None:
    (bounce,) = read("Status: 5.1.1\n", "")
    assert bounce.status == "5.1.1"


def test_several_recipients_are_told_apart() -> None:
    more = "Final-Recipient: rfc822; wang@village.test\nAction: delayed\nStatus: 4.2.2\n\n"
    found = read("Final-Recipient: rfc822; li", f"{more}Final-Recipient: rfc822; li")
    assert [(one.action, one.status) for one in found] == [
        ("delayed", "4.2.2"),
        ("failed", "5.1.1"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("multipart/report", "multipart/mixed"),
        ("message/delivery-status", "text/plain"),
        ("Action: failed", "Action: exploded"),
        ("Final-Recipient", "X-Recipient"),
    ],
)
def test_what_is_no_report_is_none(old: str, new: str) -> None:
    assert read(old, new) == []


def test_a_report_is_known_by_its_type() -> None:
    assert is_report('Multipart/Report; report-type="delivery-status"')
    assert not is_report("multipart/alternative")


@given(st.binary(max_size=600), st.integers(0, 2000), st.integers(0, 60))
def test_whatever_comes_is_read_or_is_none(data: bytes, at: int, gone: int) -> None:
    whole = POSTFIX.encode()
    for mail in (data, whole[:at] + data + whole[at + gone :]):
        assert all(len(one.said) <= 300 for one in read_bounces(mail))
