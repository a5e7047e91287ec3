"""What is owed in an evacuation: each village moves its people; somebody fetches who strayed."""

from anlan.base.obligations.kinds import Ask, kind
from anlan.comms.wording import Wording, declare_wording

KIND = "evacuate"
STRAY = "evacuation-stray"
#: What both are about: a village of a batch.
SUBJECT = "evacuation-part"

EVACUATE = kind(
    key=KIND,
    title="人员转移",
    title_en="Evacuation",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder="evacuation",
    answer_form=(
        Ask(
            "reply", "答复", "Answer", "choice", required=True,
            choices=(
                ("begun", "已收到，开始转移", "Received, moving people"),
                ("need-help", "需要支援", "Need help"),
            ),
        ),
    ),
    beside=(("roll", "打开花名册，一户一户打勾", "Open the roll and tick each household"),),
    noted=True,
)  # fmt: skip

EVACUATION_STRAY = kind(
    key=STRAY,
    title="擅自返回劝离",
    title_en="People went back too soon",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder="evacuation",
)

declare_wording(
    KIND,
    Wording(
        short="{workspace}{title}。{region}请于{due}前答复，名单和打勾请点开 {link}",
        spoken="{workspace}转移通知。{title}。{body}请马上组织转移，并请答复。",
        long="{body}\n\n{region}　{post}\n请于{due}前答复，名单和打勾：{link}",
    ),
)
