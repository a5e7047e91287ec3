"""The words a ladder's rung may use, and what each of them stands for.

What counts as reached is said here once: coverage asks `Channel.reaches`, never a name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from anlan.comms.states import PROOFS
from anlan.kernel.registry import Registry

SHEET = "sheet"
#: Up to this rung a line that is on the sheet and nothing else stands by: it is there for whoever
#: must ring because a machine cannot, and nobody waits for it to be rung.
STANDS_BY = 1


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way to a person."""

    key: str
    title: str
    title_en: str
    #: Whether it may count as reaching anybody at all; a group robot never does.
    reliable: bool
    #: From which state on a message counts as having reached its person.
    proves: str
    #: Done by a person: a line on the call sheet, or a knock.
    by_hand: bool = False
    knocks: bool = False
    #: For a place (a loudspeaker, a group), not for one person: it carries nobody's own link.
    to_place: bool = False
    #: What is told once however many posts of it owe the same: a "region", or the "whole" case.
    told_once: str = ""
    #: Nothing leaves: what is owed lies in the person's own list as soon as it is owed.
    at_once: bool = False
    #: Where it leads: a person's number, mail or account, the devices of a region, or nothing.
    needs: str = "number"
    #: The part of the wording it takes where no file says otherwise.
    words: str = "short"
    #: After a crash: whether what may have left is sent again. Never for a ringing telephone.
    repeatable: bool = True

    def reaches(self, state: str) -> bool:
        """Tell whether a message in this state has reached its person; a place is nobody."""
        if not self.reliable or self.to_place or state not in PROOFS:
            return False
        return PROOFS.index(state) >= PROOFS.index(self.proves)


CHANNELS: Registry[Channel] = Registry("渠道")


#: Tells the kind of a declared channel by its key; None where nobody declares it (any more).
KindOf = Callable[[str], str | None]
_kind_of: list[KindOf] = []


def declared_by(kind_of: KindOf) -> KindOf:
    """Let declared channels stand for their kinds; what reads the declarations says which."""
    _kind_of[:] = [kind_of]
    return kind_of


def channel_of(name: str) -> Channel:
    """Find what a ladder's word stands for; the key of a declared channel stands for its kind."""
    found = CHANNELS.get(name)
    if found is not None:
        return found
    kinds = (CHANNELS.get(kind_of(name) or "") for kind_of in _kind_of)
    return next((one for one in kinds if one is not None), CHANNELS["sms"])


for _channel in (
    Channel(key="app", title="平台待办", title_en="Own list", reliable=True, proves="delivered",
            at_once=True, needs=""),
    Channel(key="sms", title="短信", title_en="Short message", reliable=True, proves="delivered"),
    Channel(key="voice", title="语音电话", title_en="Telephone call", reliable=True,
            proves="answered", by_hand=True, repeatable=False),
    Channel(key=SHEET, title="人工电话单", title_en="Call sheet", reliable=True,
            proves="answered", by_hand=True, repeatable=False),
    Channel(key="knock", title="上门叫醒", title_en="Knock at the door", reliable=True,
            proves="answered", by_hand=True, knocks=True, needs="", repeatable=False),
    Channel(key="mail", title="邮件", title_en="E-mail", reliable=True, proves="answered",
            needs="mail", words="long"),
    Channel(key="dingtalk", title="钉钉工作通知", title_en="DingTalk work notice", reliable=True,
            proves="delivered", needs="account", words="full"),
    Channel(key="wecom", title="企业微信工作通知", title_en="WeCom work notice", reliable=True,
            proves="delivered", needs="account", words="full"),
    Channel(key="robot", title="群机器人", title_en="Group robot", reliable=False,
            proves="answered", to_place=True, told_once="whole", needs="", words="spoken"),
    Channel(key="webhook", title="网络回调", title_en="Webhook", reliable=False, proves="answered",
            to_place=True, needs="", words="spoken"),
    Channel(key="loudspeaker", title="大喇叭", title_en="Loudspeaker", reliable=True,
            proves="delivered", to_place=True, told_once="region", needs="device",
            repeatable=False, words="spoken"),
    Channel(key="group", title="群转发文本", title_en="Text for a group", reliable=False,
            proves="answered", by_hand=True, knocks=True, to_place=True, told_once="whole",
            needs=""),
):  # fmt: skip
    CHANNELS.add(_channel.key, _channel)
