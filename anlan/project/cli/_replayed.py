"""How a replay ended, told on the terminal."""

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from anlan import codes
from anlan.kernel import clock

if TYPE_CHECKING:
    from anlan.demo.replay.playing import Played


#: What a storm's replay tells besides.
BESIDES = ("letters", "answers", "relayed", "decided", "waits", "waited_s")


def show(played: "Played", *, as_json: bool) -> None:
    """Print it as sentences or as JSON."""
    told = _told(played)
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    _show_sent(told)
    if told["alarms"] is None:
        sys.stdout.write("这份记录没有附应有的报警，不作对照。\n")
    else:
        _show_alarms(told["alarms"], told["unforeseen"])


def _show_sent(told: dict[str, Any]) -> None:
    sent = told["sent"]
    sys.stdout.write(
        f"发送 {sent['sent']} 条，确认 {sent['confirmed']} 条，其中接口报告重复 "
        f"{sent['duplicates']} 条、拒收 {sent['rejected']} 条、重发 {sent['repeated']} 条。\n"
    )
    for reason, count in sent["reasons"].items():
        sys.stdout.write(f"  拒收：{reason}（{count} 条）\n")
    if told["letters"] or told["answers"]:
        sys.stdout.write(
            f"部门预警和台风报文 {told['letters']} 份；模拟的人应答、反馈 {told['answers']} 次，"
            f"模拟值班员转发 {told['relayed']} 份，模拟指挥决定 {told['decided']} 次。\n"
        )
    if told["waits"]:
        sys.stdout.write(
            f"时钟为等预报计算停了 {told['waits']} 次，共 {told['waited_s']:.0f} 秒。\n"
        )
    _show_tempo(told["tempo"])
    if told["unknown"]:
        sys.stdout.write(f"  没有登记的监测项 {len(told['unknown'])} 个，没有发送。\n")


def _show_tempo(tempo: dict[str, Any] | None) -> None:
    """Say how fast it went, in all and by day."""
    if tempo is None or tempo["speed"] is None:
        return
    sys.stdout.write(
        f"快慢：{tempo['speed']:.0f} 倍（用时 {tempo['real_s']:.0f} 秒，等预报计算的 "
        f"{tempo['waited_s']:.0f} 秒不计），最多落后 {tempo['behind_s']:.1f} 秒。\n"
    )
    for day in tempo["days"] if len(tempo["days"]) > 1 else []:
        sys.stdout.write(
            f"  {day['from'][5:16].replace('T', ' ')} 起：{day['speed']:.0f} 倍，等预报计算 "
            f"{day['waited_s']:.0f} 秒，最多落后 {day['behind_s']:.1f} 秒\n"
        )


def _show_alarms(alarms: dict[str, Any], unforeseen: list[str]) -> None:
    for row in alarms["by_hazard"]:
        known = codes.hazards().get(row["hazard"])
        hazard = known.label() if known else "设备"
        counts = f"符合 {row['right']}，缺 {row['missing']}，多 {row['surplus']}"
        sys.stdout.write(f"  {hazard}：{counts}\n")
    for kind, title in (("missing", "缺"), ("surplus", "多")):
        for line in alarms[kind]:
            sys.stdout.write(f"  {title}：{line}\n")
    for code in unforeseen:
        sys.stdout.write(f"  规则 {code} 的报警不作对照。\n")
    sys.stdout.write("报警与应有的完全一致。\n" if alarms["good"] else "报警与应有的不一致。\n")


def _told(played: "Played") -> dict[str, Any]:
    verdict, tally = played.verdict, played.cursor.tally
    alarms: dict[str, Any] | None = None
    if verdict is not None:
        names = ("hazard", "right", "missing", "surplus")
        alarms = {
            "good": verdict.good,
            "by_hazard": [dict(zip(names, row, strict=True)) for row in verdict.by_hazard()],
            "missing": [_line(one.rule, one.matter, one.level, one.after, one.note)
                        for one in verdict.missing],
            "surplus": [_line(one.rule, one.matter, one.worst, one.at, one.title)
                        for one in verdict.surplus],
        }  # fmt: skip
    return {
        "recording": played.cursor.recording,
        "from": _spelt(played.cursor.start),
        "to": _spelt(played.cursor.at),
        "sent": tally.plain(),
        **{name: getattr(tally, name) for name in BESIDES},
        "tempo": _tempo(played),
        "alarms": alarms,
        "unforeseen": list(played.unforeseen),
        "unknown": list(played.unknown),
    }


def _tempo(played: "Played") -> dict[str, Any] | None:
    from anlan.demo.replay import tempo

    whole = tempo.whole(played.steps)
    if whole is None:
        return None
    days = [{"from": _spelt(one.begins), **one.plain()} for one in tempo.by_day(played.steps)]
    return {**whole.plain(), "days": days}


def _line(rule: str, matter: str, level: int | None, at: int, title: str) -> str:
    return f"{_spelt(at)} {matter} {rule} {level or '-'} {title}"


def _spelt(ms: int) -> str:
    return clock.local(datetime.fromtimestamp(ms / 1000, tz=clock.LOCAL_ZONE)).isoformat(
        timespec="seconds"
    )
