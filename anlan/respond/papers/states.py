"""How a pack stands and why it was made, as data."""

#: Kind of obligation: the duty room prints the pack.
PRINT = "print-papers"
#: Work in the background: a pack is made.
MAKE = "respond.papers.make"

#: What asked for a pack.
START, RAISE, PRESS = "start", "raise", "press"
WHYS: dict[str, tuple[str, str]] = {
    START: ("响应启动", "The response started"),
    RAISE: ("响应提升", "The response was raised"),
    PRESS: ("人工要求", "Somebody asked for it"),
}

STATES: dict[str, tuple[str, str]] = {
    "making": ("正在生成", "Being made"),
    "retrying": ("没有生成，马上再试", "Not made, tried again soon"),
    "failed": ("生成失败", "Could not be made"),
    "made": ("待打印", "To be printed"),
    "printed": ("已打印", "Printed"),
    "superseded": ("已有更新的一号", "A newer one was made"),
    "destroyed": ("已销毁", "Destroyed"),
}
