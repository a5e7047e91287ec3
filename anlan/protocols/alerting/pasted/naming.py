"""Places named in a text, as strings: with a list of known names surely, without one by ending."""

import re
from collections.abc import Iterable

from anlan.protocols.alerting.pasted.found import Confidence

#: What names of places end with; the longest first.
_ENDINGS = (
    "街道|开发区|高新区|管委会|林场|农场|渔场|自治县|自治州|苏木|海域|海面|水库|流域|社区|镇|乡|村|县|市|"
    "区|省|旗|盟"
)
#: Words and signs before which no name begins; 县 and 市 alone are ours, 全县 is the whole of it.
_BREAK = re.compile(
    r"[^\u4e00-\u9fff]|过去|未来|小时内|小时|分钟内|分钟|境内|以内|范围内|预计|目前|已经|已达|受|影响|其中|以及|包括|造成|位于|出现|导致|部分|"
    r"大部|发布|解除|预警|信号|通知|各|和|与|及|在|对|将|向|到|至|从|于|的|了|我|本|该|等|有|请|为|由|据|接|注意|非|即|均|仍|且|但|不"
)
_WHOLE = re.compile(r"全[省市县区镇乡]|我[省市县区]|[本我]县(?:大部|全部)?")
_NAME = re.compile(rf"[\u4e00-\u9fff]{{1,8}}?(?:{_ENDINGS})(?!风险|防|级|长|委)")
#: What ends with these is no name: mountain areas, city streets, dangerous places.
_COMMON = (
    *("山区", "城区", "地区", "灾区", "景区", "库区", "牧区", "林区", "矿区", "校区", "市区"),
    *("小区", "园区", "城市", "超市", "乡镇", "城镇", "集镇", "村镇", "上市", "省市", "县市"),
    *("县区", "市县", "涝区", "险区", "患区", "乡村", "农村", "行政村", "自然村", "山村"),
    *("沿海海域", "近海海域", "附近海域", "沿海海面", "近海海面", "下游流域", "涉险区", "工业区"),
)
_SHORTEST = 2

Named = tuple[str, int, int, Confidence]


def places_in(text: str, start: int, end: int, known: Iterable[str] = ()) -> list[Named]:
    """List the places named between two points of a text: name, where, how surely."""
    found: dict[tuple[int, int], Named] = {}
    names = sorted((name for name in known if len(name) > 1), key=len, reverse=True)
    if names:
        pattern = re.compile("|".join(map(re.escape, names)))
        for one in pattern.finditer(text, start, end):
            found[one.span()] = (one[0], *one.span(), Confidence.SURE)
    for one in _WHOLE.finditer(text, start, end):
        found.setdefault(one.span(), (one[0], *one.span(), Confidence.LIKELY))
    for name in _by_ending(text, start, end):
        if not any(first < name[2] and name[1] < last for first, last in found):
            found[name[1], name[2]] = name
    return [found[span] for span in sorted(found)]


def _by_ending(text: str, start: int, end: int) -> list[Named]:
    out: list[Named] = []
    place = start
    for stop in [*_BREAK.finditer(text, start, end), None]:
        last = stop.start() if stop else end
        if last - place > 1:
            out.extend(_in_run(text, place, last))
        place = stop.end() if stop else end
    return out


def _in_run(text: str, start: int, end: int) -> list[Named]:
    """Read names that follow each other without a sign: 浙江省云屿县白沙乡."""
    return [
        (one[0], *one.span(), Confidence.DOUBTFUL)
        for one in _NAME.finditer(text, start, end)
        if len(one[0]) >= _SHORTEST and not one[0].endswith(_COMMON)
    ]
