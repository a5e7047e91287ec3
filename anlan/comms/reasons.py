"""Why a message stands where it stands: codes for lists and statistics, with their sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason."""

    title: str
    title_en: str
    #: Whether sending the same again to the same number could ever succeed.
    again: bool = True


VACANT = "vacant"
JOINED = "joined"
SUPERSEDED = "superseded"
ANSWERED = "answered"
NO_NUMBER = "no-number"
DEAD_NUMBER = "dead-number"
NO_DEVICE = "no-device"
NO_TEMPLATE = "no-template"
NO_SOUND = "no-sound"
NO_OUTLINE = "no-outline"
NO_PURPOSE = "no-purpose"
NO_CARRIER = "no-carrier"
REFUSED = "refused"
BUSY = "busy"
NETWORK = "network"
TIMEOUT = "timeout"
CARRIER_DOWN = "carrier-down"
THROTTLED = "throttled"
BAD_ANSWER = "bad-answer"
BAD_TEXT = "bad-text"
DEFECT = "defect"
INTERRUPTED = "interrupted"
UNDELIVERED = "undelivered"
NO_RECEIPT = "no-receipt"
NO_ANSWER = "no-answer"
OFF = "off"
GIVEN_UP = "given-up"
ERASED = "erased"

REASONS = {
    VACANT: Reason("岗位无人任职", "Nobody holds the post"),
    JOINED: Reason("同一人已合并为一条", "Joined with another to the same person"),
    SUPERSEDED: Reason("已改叫下一步", "Given way to the next rung"),
    ANSWERED: Reason("已应答，不再发", "Answered meanwhile"),
    NO_NUMBER: Reason("没有可用的号码", "No number that works"),
    DEAD_NUMBER: Reason("空号或停机", "Number does not exist or is cut off", again=False),
    NO_PURPOSE: Reason("所为的事项已不存在", "What it was for is gone", again=False),
    NO_CARRIER: Reason("没有可用的渠道配置", "No channel is set up for it"),
    NO_DEVICE: Reason("这里没有登记的设备", "No device stands there"),
    NO_TEMPLATE: Reason("没有适用的报备模板", "No approved text for it"),
    NO_SOUND: Reason("录音文件或链接地址没有配好", "No recording, or no address to fetch it at"),
    NO_OUTLINE: Reason("渠道的点数画不下影响范围", "Too few points for the area it is for"),
    REFUSED: Reason("运营商拒绝", "Refused by the provider"),
    BUSY: Reason("占线", "Engaged"),
    NETWORK: Reason("连不上运营商", "Provider not reachable"),
    TIMEOUT: Reason("运营商没有及时回答", "Provider did not answer in time"),
    CARRIER_DOWN: Reason("运营商服务故障", "Provider out of order"),
    THROTTLED: Reason("运营商要求慢些", "Provider asked to slow down"),
    BAD_ANSWER: Reason("运营商的回答读不懂", "Provider's answer not understood"),
    BAD_TEXT: Reason("内容不合渠道要求", "Text does not suit the channel", again=False),
    DEFECT: Reason("程序出错，没有发出，详见日志", "A fault of ours kept it back; see the log"),
    INTERRUPTED: Reason("发送时中断", "Interrupted while sending"),
    UNDELIVERED: Reason("回执：未送达", "Receipt: not delivered"),
    NO_RECEIPT: Reason("没有等到回执", "No receipt came"),
    NO_ANSWER: Reason("未接", "Not picked up"),
    OFF: Reason("关机或不在服务区", "Switched off or out of reach"),
    GIVEN_UP: Reason("多次未成，已放弃", "Given up after several tries"),
    ERASED: Reason("个人信息已销毁", "Personal data destroyed", again=False),
}
