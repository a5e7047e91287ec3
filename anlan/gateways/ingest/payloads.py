"""MQTT messages as observations, and what each message is answered."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from anlan.protocols.mqtt import Message, Reason
from anlan.protocols.observations.json_bodies import Message as Payload
from anlan.protocols.observations.json_bodies import Messages, decode_messages
from anlan.sense.receipts import Receipt

BATCH: Final = "anlan/obs"
SINGLE: Final = BATCH + "/"

WRONG_TOPIC: Final = "主题应为 anlan/obs 或 anlan/obs/监测项编码"


class Verdict(NamedTuple):
    """What a message is answered; only MQTT 5 can say more than yes."""

    reason: Reason = Reason.SUCCESS
    text: str = ""


def read(messages: Sequence[Message]) -> Messages:
    """Decode messages together; one whose topic is none of ours is one rejected element."""
    return decode_messages([payload_of(message.topic, message.payload) for message in messages])


def payload_of(topic: str, payload: bytes) -> Payload:
    """Tell what a message is by its topic."""
    if topic == BATCH:
        return Payload(payload)
    if topic.startswith(SINGLE) and len(topic) > len(SINGLE):
        return Payload(payload, topic[len(SINGLE) :])
    return Payload(b"", fault=WRONG_TOPIC)


def verdicts(read_: Messages, receipt: Receipt) -> list[Verdict]:
    """Tell what each message is answered: no only where nothing of it was taken."""
    if not receipt.rejected:
        return [_YES] * len(read_.faults)
    indices = [one.index for one in receipt.rejected]
    answers = []
    for number, fault in enumerate(read_.faults):
        start, end = read_.starts[number], read_.starts[number + 1]
        first, last = bisect_left(indices, start), bisect_left(indices, end)
        if first == last:
            answers.append(_YES)
        elif fault:
            wrong = Reason.TOPIC_NAME_INVALID if fault == WRONG_TOPIC else None
            answers.append(Verdict(wrong or Reason.PAYLOAD_FORMAT_INVALID, fault))
        else:
            reason = receipt.rejected[first].reason
            nothing = last - first == end - start
            answers.append(Verdict(Reason.IMPLEMENTATION if nothing else Reason.SUCCESS, reason))
    return answers


_YES: Final = Verdict()
