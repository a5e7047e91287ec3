"""What is written reads back as it was, whatever was in it."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from anlan.protocols.alerting import cap, message12379
from anlan.protocols.alerting.message import NATIONAL_JSON, AlertMessage
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.tests import made

slow_to_make = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@slow_to_make
@given(made.cap_messages)
def test_a_message_written_as_cap_reads_back_the_same(message: AlertMessage) -> None:
    assert read_alert(cap.write_cap(message)) == message


@slow_to_make
@given(made.cap_messages)
def test_every_cap_written_has_the_shape_of_the_standard(message: AlertMessage) -> None:
    assert cap.faults_of(cap.write_cap(message)) == ()


@slow_to_make
@given(made.national_messages())
def test_a_national_message_reads_back_the_same_from_xml(message: AlertMessage) -> None:
    assert read_alert(message12379.write(message)) == message


@slow_to_make
@given(made.national_messages(form=NATIONAL_JSON))
def test_a_national_message_reads_back_the_same_from_json(message: AlertMessage) -> None:
    assert read_alert(message12379.write(message, form="json")) == message


@slow_to_make
@given(made.national_messages())
def test_a_national_message_keeps_its_words_when_written_as_cap(message: AlertMessage) -> None:
    passed = read_alert(cap.write_cap(message))
    assert (passed.identifier, passed.sender, passed.sent) == (
        message.identifier,
        message.sender,
        message.sent,
    )
    for before, after in zip(message.infos, passed.infos, strict=True):
        assert (after.headline, after.description, after.instruction) == (
            before.headline,
            before.description,
            before.instruction,
        )
        assert (after.level, after.event_code) == (before.level, before.event_code)
        assert [one.codes for one in after.areas] == [one.codes for one in before.areas]
        assert [one.polygons for one in after.areas] == [one.polygons for one in before.areas]


def test_the_same_message_is_always_the_same_bytes() -> None:
    message = read_alert(made.CAP.encode())
    elsewhere = replace(message, sent=message.sent.astimezone(None))
    assert cap.write_cap(message) == cap.write_cap(elsewhere)
