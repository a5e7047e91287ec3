"""What a night of calls leaves behind, and whether all of it agrees."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.base.conftest import RealWorkspace
from tests.durability import townsfolk
from tests.durability.night import Folk
from tests.durability.providers import Line

BY_HAND = "hand"
#: What messages have in common of which one leaves.
TOLD_ONCE = ("person", "case", "kind", "channel", "rung", "round")
#: How long a message may be under way when its answer comes, in real seconds.
IN_FLIGHT_S = 2.0

#: Run by a process of the workspace: everything it has written of the night.
TOLD = """
import json
from django.core.serializers.json import DjangoJSONEncoder
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation, Rung, Step
from anlan.comms.models import Attempt, Message, Reply
deeds = ("comms.sent", "comms.called", "comms.receipts", "obligations.answered")
print(json.dumps({
    "messages": list(Message.objects.values()),
    "attempts": list(Attempt.objects.order_by("id").values()),
    "calls": [
        {**row, "post": row.pop("debtor__code")} for row in
        Obligation.objects.filter(kind="call").values(
            "id", "debtor__code", "state", "answered_at", "rung", "ladder", "closed_at")
    ],
    "rungs": list(Rung.objects.values("obligation_id", "number")),
    "steps": list(Step.objects.values("obligation_id", "verb", "by", "at", "on_behalf")),
    "replies": list(Reply.objects.values("ticket", "read", "purpose")),
    "deeds": [
        {"deed": row.deed, "subject": row.subject, **json.loads(row.detail.body)}
        for row in Entry.objects.filter(deed__in=deeds).select_related("detail").order_by("id")
    ],
}, cls=DjangoJSONEncoder))
"""


@dataclass
class Morning:
    """What is left of a night: the providers' log, the board, what the workspace has written."""

    log: list[Line]
    board: dict[str, Any]
    told: dict[str, Any]
    folk: Folk
    killed: list[str]

    def __post_init__(self) -> None:
        self.messages = {one["id"]: one for one in self.told["messages"]}
        self.posts = {one["id"]: one["post"] for one in self.told["calls"]}
        self.tries = {
            f"{one['message_id']}{one['number']:02d}": one
            for one in self.told["attempts"]
            if one["carrier"] != BY_HAND
        }
        self.by_hand = [one for one in self.told["attempts"] if one["carrier"] == BY_HAND]
        self.lines = list(self._matched())

    def _matched(self) -> Iterator[tuple[Line, str]]:
        """Tell of each line of the log which try it was.

        What is asked again bears the name of the first try of its request, and a mail no name but
        its request's; a try that was cut off may have left no line, nor a mail behind one that was
        put off. So from the last line back each is the last try left that ended as it tells.
        """
        tries: dict[str, list[str]] = {}
        for key, one in self.tries.items():
            for name in (one["request"], f"{one['request']} {one['message_id']}"):
                tries.setdefault(name, []).append(key)
        found = []
        for line in reversed(self.log):
            left = tries[f"{line.request} {line.key[:26]}" if line.key else line.request]
            while not _tells(line, self.tries[left[-1]]):
                left.pop()
            found.append((line, left.pop()))
        return reversed(found)

    def post_of(self, message: str) -> str:
        """Tell whose call a message is about; "" for other matters."""
        return str(self.posts.get(self.messages[message]["purpose"], ""))

    def posts_told_by(self, message: str) -> set[str]:
        """Tell whose calls a message told of: its own, and those it was joined with."""
        told = self.messages[message]
        same = [
            one
            for one in self.messages.values()
            if one["reason"] == "joined" and all(one[name] == told[name] for name in TOLD_ONCE)
        ]
        return {self.post_of(message), *(self.post_of(one["id"]) for one in same)}

    def calls_of(self, post: str) -> list[Any]:
        """List what was tried for a post, for whoever reads why something disagrees."""
        told = [one for one in self.messages.values() if self.posts.get(one["purpose"]) == post]
        keys = {one["id"] for one in told}
        tried = [one for one in self.told["attempts"] if one["message_id"] in keys]
        return [*told, *tried, *(line for line, key in self.lines if key[:26] in keys)]

    def deeds(self, name: str) -> list[dict[str, Any]]:
        """List what the journal has of a kind."""
        return [one for one in self.told["deeds"] if one["deed"] == name]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


OUTCOMES = {
    "taken": ("sent", ""), "again": ("sent", ""), "busy": ("again", "throttled"),
    "dead": ("failed", "dead-number"), "down": ("again", "carrier-down"),
}  # fmt: skip


def _outcome(line: Line) -> tuple[str, str]:
    """Tell how a try ends that a provider answers so, and why."""
    mail_is_down = line.carrier == "post" and line.verdict == "down"
    return ("again", "throttled") if mail_is_down else OUTCOMES[line.verdict]


def _tells(line: Line, tried: dict[str, Any]) -> bool:
    """Tell whether a line may be what a provider wrote of a try."""
    return _is_cut_off(tried) or bool(tried["outcome"] == _outcome(line)[0])


def _is_cut_off(tried: dict[str, Any]) -> bool:
    # A receipt may have told more of it since; that nobody knew whether it left stays.
    return bool(tried["outcome"] == "unknown")


def check_log_and_tries(morning: Morning) -> None:
    """Everything providers were asked is a try with the outcome they gave, and the other way."""
    for line, key in morning.lines:
        tried = morning.tries[key]
        assert (tried["carrier"], tried["request"]) == (line.carrier, line.request)
        # The name of its first try, when it is asked again.
        assert line.key[:26] in ("", key[:26])
        assert line.key <= key
        if not _is_cut_off(tried):
            # A receipt may have told later that the number is dead.
            assert tried["reason"] in (_outcome(line)[1], "dead-number")
    asked = {key for _, key in morning.lines}
    never_left = [one for key, one in morning.tries.items() if key not in asked]
    assert all(_is_cut_off(one) or one["carrier"] == "post" for one in never_left), never_left


def check_nothing_twice(morning: Morning) -> None:
    """What was cut off is asked again under the same name; nothing that sounds is repeated."""
    taken = Counter(
        (key[:26], line.address) for line, key in morning.lines if line.verdict == "taken"
    )
    assert not [one for one, count in taken.items() if count > 1]
    sounds = [one for one in morning.messages.values() if one["channel"] == "loudspeaker"]
    for message in sounds:
        tries = [one for one in morning.told["attempts"] if one["message_id"] == message["id"]]
        cut_off = [one["number"] for one in tries if _is_cut_off(one)]
        assert not cut_off or cut_off == [len(tries)]
        assert not cut_off or (message["state"], message["due_at"]) == ("unknown", None)
    voice = {pk for pk, one in morning.messages.items() if one["channel"] in ("voice", "sheet")}
    assert not voice & {key[:26] for key in morning.tries}
    for message in morning.messages.values():
        assert message["sender"] is None
        if message["channel"] in ("sms", "mail"):
            assert message["state"] not in ("queued", "sending", "unknown"), message


def check_nobody_after_answering(morning: Morning) -> None:
    """Nothing is taken in hand for somebody who has answered.

    An answer counts from the moment in which it is confirmed: another process cannot see it before
    it is committed, though the hour written on it is that in which it came.
    """
    answered = {
        one["id"]: _moment(one["answered_at"])
        for one in morning.told["calls"]
        if one["answered_at"]
    }
    for tried in morning.told["attempts"]:
        at = answered.get(morning.messages[tried["message_id"]]["purpose"])
        if at and not _is_cut_off(tried) and tried["outcome"] != "connected":
            told = morning.folk.confirmed_at.get(morning.post_of(tried["message_id"]), at)
            assert _moment(tried["began_at"]) <= max(at, told), tried
    for line, key in morning.lines:
        confirmed = morning.folk.confirmed.get(morning.post_of(key[:26]))
        assert confirmed is None or line.at <= confirmed + IN_FLIGHT_S, line


def check_joined(morning: Morning) -> None:
    """Whoever holds several posts is asked once a channel and rung for all of them."""
    asked = Counter(
        (line.address, line.carrier, message["kind"], message["rung"])
        for line, key in morning.lines
        if line.verdict == "taken" and (message := morning.messages[key[:26]])["person"]
    )
    assert not [one for one, count in asked.items() if count > 1]
    joined = {
        morning.posts[one["purpose"]]
        for one in morning.messages.values()
        if one["reason"] == "joined" and one["person"]
    }
    assert all(joined & pair for pair in map(set, townsfolk.SECOND_POSTS.items())), joined


def check_board(morning: Morning) -> None:
    """The board says of every post what its people did and what the providers took."""
    folk, board = morning.folk, morning.board
    rows = {one["title"].removeprefix("岗位"): one for one in board["items"]}
    everybody = {soul.code for soul in townsfolk.souls()} | {townsfolk.VACANT}
    assert set(rows) == everybody
    assert len(board["items"]) == board["counts"]["called"] == len(everybody)
    answered = {post for post, row in rows.items() if row["standing"] in ("answered", "reported")}
    apart = answered ^ set(folk.confirmed)
    assert not apart, [(post, morning.calls_of(post)) for post in apart]
    assert {post for post, row in rows.items() if row["standing"] == "vacant"} == {townsfolk.VACANT}
    reached = {
        post
        for line, key in morning.lines
        if line.carrier == "mas" and line.verdict in ("taken", "again")
        and line.address != townsfolk.DEAD_LATER
        for post in morning.posts_told_by(key[:26])
    } - {""}  # fmt: skip
    opened = {post for post, row in rows.items() if row["delivered"]}
    astray = {post: rows[post] for post in (opened ^ reached) - answered}
    assert not astray, [morning.calls_of(post) for post in astray]
    tries = Counter(morning.post_of(one["message_id"]) for one in morning.told["attempts"])
    assert {post: row["attempts"] for post, row in rows.items()} == {
        post: tries[post] for post in everybody
    }


def check_journal(morning: Morning) -> None:
    """Every try, call by hand, receipt and answer is in the journal, and once."""
    told: dict[str, str] = {}
    for deed in morning.deeds("comms.sent"):
        for outcome in ("sent", "failed", "again", "unknown"):
            for key in deed["facts"].get(outcome, ()):
                assert key not in told
                told[key] = outcome
    assert told == {key: one["outcome"] for key, one in morning.tries.items()}
    noted = Counter(
        (one["subject"], one["facts"]["result"]) for one in morning.deeds("comms.called")
    )
    assert noted == Counter(morning.folk.rung)
    assert noted == Counter((one["message_id"], one["outcome"]) for one in morning.by_hand)
    delivered = Counter(
        key for one in morning.deeds("comms.receipts") for key in one["facts"].get("delivered", ())
    )
    assert set(delivered.values()) == {1}, delivered
    assert set(delivered) == {
        key for key, one in morning.tries.items() if one["receipt"] == "delivered"
    }
    answers = Counter(one["subject"] for one in morning.deeds("obligations.answered"))
    assert answers == Counter(one["id"] for one in morning.told["calls"] if one["answered_at"])


def check_people(morning: Morning) -> None:
    """What was said twice counts once; those who never answered were climbed past to the end."""
    assert not morning.folk.faults
    said = Counter(one["obligation_id"] for one in morning.told["steps"] if one["verb"] == "answer")
    assert set(said.values()) == {1}
    tickets = [one["ticket"] for one in morning.told["replies"]]
    assert len(tickets) == len(set(tickets))
    read = {one["ticket"]: one["read"] for one in morning.told["replies"]}
    doubtful = f"R-{townsfolk.DOUBTFUL}-A"
    assert read.pop(doubtful) == "doubtful"
    assert set(read.values()) == {"answer"}
    silent = [one for one in morning.told["calls"] if not one["answered_at"]]
    assert {one["rung"] for one in silent if one["ladder"] == "call-red"} == {7}
    assert {one["rung"] for one in silent if one["ladder"] == "call-lead"} == {3}


def check(morning: Morning, real: RealWorkspace) -> None:
    check_log_and_tries(morning)
    check_nothing_twice(morning)
    check_nobody_after_answering(morning)
    check_joined(morning)
    check_board(morning)
    check_journal(morning)
    check_people(morning)
    verdicts = Counter(line.verdict for line in morning.log)
    assert min(verdicts[one] for one in ("taken", "busy", "dead", "down")) > 0
    assert any(_is_cut_off(one) for one in morning.tries.values())
    verified = real.anlan("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(f"killed {len(morning.killed)} times; providers were asked {dict(verdicts)}")
