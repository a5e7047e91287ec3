"""Page of the visual language: read from the face's own tokens, drawings and map symbols."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from anlan.project.docs.markdown import Page, cell, code, page, table

SOURCE: Final = Path(__file__).resolve().parents[3] / "frontend" / "src"
#: Text that is read needs so much against what it stands on (WCAG 2.2, AA).
LEAST: Final = 4.5
#: Token -> what it is for, and what it is read against; "" for what is no text.
MEANS: Final[Mapping[str, tuple[str, str]]] = {
    "paper": ("页面的底", ""), "surface": ("卡片、表格的底", ""),
    "surface-2": ("表头、悬停", ""), "surface-3": ("标签、空的进度条", ""),
    "ink": ("正文、数字", "surface"), "ink-2": ("次要文字", "surface"),
    "ink-3": ("说明、时间；过期的数字", "surface"),
    "line": ("分隔线", ""), "line-2": ("输入框的边", ""),
    "accent": ("能按的、做完的、第一条曲线", "surface"),
    "accent-strong": ("按下去", "surface"), "accent-ink": ("写在青色上的字", "accent"),
    "accent-soft": ("选中的行、提示的底", ""),
    "plum": ("逾期、拒绝、失败、超过限值；总带图形和字", "surface"),
    "plum-soft": ("出错提示的底", ""), "plum-ink": ("写在梅紫上的字", "plum"),
    "curve-2": ("第二条曲线", "surface"), "curve-3": ("第三条曲线", "surface"),
    "curve-4": ("第四条曲线", "surface"), "curve-5": ("第五条曲线", "surface"),
    "curve-6": ("第六条曲线", "surface"),
    "frame": ("顶栏和菜单", ""), "frame-2": ("菜单里选中的", ""),
    "frame-ink": ("顶栏的字", "frame"), "frame-ink-2": ("顶栏的次要文字", "frame"),
    "frame-accent": ("顶栏里的标记", "frame"),
    "drill-flat": ("演示和演练的横条（紫色斜纹）", ""),
}  # fmt: skip
WARNINGS: Final[Mapping[str, str]] = {
    "warn-red": "红色，Ⅰ级", "warn-orange": "橙色，Ⅱ级", "warn-yellow": "黄色，Ⅲ级",
    "warn-blue": "蓝色，Ⅳ级",
}  # fmt: skip
SIZES: Final[Mapping[str, str]] = {
    "size-xs": "标签、图例", "size-s": "说明、时间", "size": "正文、表格", "size-l": "小标题",
    "size-xl": "页面标题", "size-xxl": "一个数字",
}  # fmt: skip
_DRAWING: Final = r"^  (?:'([\w-]+)'|(\w+)):\s*'([^']+)',"
_ICON: Final = (
    '<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="{ink}"'
    ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"><path d="{path}"/></svg>'
)
_SYMBOL: Final = (
    '<svg viewBox="0 0 26 26" width="26" height="26"><circle cx="13" cy="13" r="12" fill="{ink}"'
    ' stroke="#ffffff" stroke-width="1.6"/><path transform="translate(5 5) scale(.6667)" d="{path}"'
    ' fill="none" stroke="#ffffff" stroke-width="2.1" stroke-linecap="round"'
    ' stroke-linejoin="round"/></svg>'
)


@cache
def _css() -> str:
    return (SOURCE / "design" / "tokens.css").read_text(encoding="utf-8")


def tokens(selector: str, after: str = "") -> dict[str, str]:
    """Read the tokens one rule of the face sets, from the first such rule after some text."""
    begin = _css().index(f"{selector} {{", _css().index(after) if after else 0)
    body = _css()[begin : _css().index("}", begin)]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


def light() -> dict[str, str]:
    """Read what holds by day."""
    return tokens(":root")


def dark() -> dict[str, str]:
    """Read what holds by night."""
    return light() | tokens("html.dark")


def contrast(one: str, other: str) -> float:
    """Tell the contrast of two colours (WCAG 2.2).

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((high + 0.05) / (low + 0.05), 2)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def drawings(file: str) -> dict[str, str]:
    """Read the drawings of one file: name -> path."""
    text = (SOURCE / "design" / "icons" / file).read_text(encoding="utf-8")
    return {a or b: path for a, b, path in re.findall(_DRAWING, text, re.MULTILINE)}


def map_inks(name: str) -> dict[str, str]:
    """Read the inks of the map's symbols: by day (``INKS``) or by night (``TINTS``)."""
    text = (SOURCE / "map" / "symbols.ts").read_text(encoding="utf-8")
    begin = text.index(f"const {name}:")
    body = text[begin : text.index("\n}", begin)]
    return {a or b: ink for a, b, ink in re.findall(r"(?:'([\w-]+)'|(\w+)): '(#\w{6})'", body)}


def looks() -> Page:
    """Describe what everything looks like, and why."""
    return page(
        "视觉语言",
        "一种墨蓝灰、一种青色，别的颜色都有专门的意思。颜色从不单独说话：总有字，或者图形。"
        "本页由前端的样式（`frontend/src/design/tokens.css`、图标、地图符号）生成。",
        "## 预警四色只说预警",
        "红、橙、黄、蓝只给预警和监测报警的级别用，别处一律不用：逾期、拒绝、出错用梅紫，"
        "做完的用青色。测试会找遍前端的每个文件。色块上总写着颜色的名字。",
        table(
            ("级别", "颜色", "写在上面的字", "对比度"),
            [_warning(key, said) for key, said in WARNINGS.items()],
        ),
        "## 颜色",
        f"文字对它的底至少 {LEAST} : 1，浅色深色都是。",
        table(
            ("用处", "变量", "浅色", "深色", "对比度（浅 / 深）"),
            [_colour(key, *said) for key, said in MEANS.items()],
        ),
        "## 字号",
        "普通屏、2400 像素以上、3400 像素以上（不缩放的 4K，隔着几米看）三档。"
        "指挥大屏另算：数字不小于屏高的 1/18，文字不小于 1/60，八米外能读。",
        table(
            ("用处", "变量", "普通", "≥ 2400", "≥ 3400"),
            [_size(key, said) for key, said in SIZES.items()],
        ),
        "## 曲线",
        "实测是实线，预报是各自的虚线，预报的范围是淡色带；特征值是横的虚线，写明名称和数值；"
        "「现在」是一条竖线，右边是将来。缺测是断开，不连过去；不是 0。",
        _curve(),
        "## 东西的图标",
        "为本平台画的线条，24 格，线宽 1.75，不填色。",
        _gallery(drawings("things.ts")),
        "## 监测项的图标",
        _gallery(drawings("gauges.ts")),
        "## 动作的图标",
        _gallery(drawings("acts.ts")),
        "## 地图符号",
        "同一个图标，白线画在一个墨色圆上：先凭图形认，再凭颜色认。没有一种是预警色。"
        "预警和报警在图上用四色，总带级别的字。",
        table(("符号", "名称", "浅色底图", "深色底图上的点和线"), _symbols()),
        "## 状态",
        "- **—**：不知道。下面写着为什么。不写 0。\n"
        "- **≥**：还有没报的，只会更多。\n"
        "- **灰色**：来源没有新数据，显示的是最后的值和它的时间。\n"
        "- **紫色斜纹横条**：演示、演练；不是真的。\n"
        "- **梅紫**：逾期、失联、超限、被拒绝，旁边有字。",
        "## 深色、浅色、打印",
        "跟随系统，也可以自己选，大屏默认深色。打印时去掉顶栏和菜单，内容铺满纸面。"
        "系统要求减少动态时，什么也不动。",
    )


def swatch(colour: str) -> str:
    """Draw a colour with its number."""
    box = (
        f'<span style="display:inline-block;width:1.4em;height:1em;background:{colour};'
        'border:1px solid #8889;vertical-align:-.1em"></span>'
    )
    return f"{box} `{colour}`"


def _colour(key: str, said: str, ground: str) -> list[str]:
    day, night = light(), dark()
    told = "—"
    if ground:
        told = f"{contrast(day[key], day[ground])} / {contrast(night[key], night[ground])}"
    return [cell(said), code(f"--{key}"), swatch(day[key]), swatch(night[key]), told]


def inks_of_levels() -> dict[str, str]:
    """Read what is written in on each colour of warnings."""
    css = (SOURCE / "sense" / "levels.css").read_text(encoding="utf-8")
    found = re.findall(r"--own: var\(--(warn-\w+)\);\s*background: [^;]+;\s*color: (#\w{6});", css)
    return dict(found)


def _warning(key: str, said: str) -> list[str]:
    ground, ink = light()[key], inks_of_levels()[key]
    shown = (
        f'<span style="padding:0 .6em;border-radius:4px;background:{ground};color:{ink};'
        f'font-weight:600">{said[:2]}</span>'
    )
    return [cell(said), swatch(ground), shown, str(contrast(ground, ink))]


def _size(key: str, said: str) -> list[str]:
    wide = tokens(":root", "min-width: 2400px")
    widest = tokens(":root", "min-width: 3400px")
    return [cell(said), code(f"--{key}"), light()[key], wide[key], widest[key]]


def _gallery(found: Mapping[str, str]) -> str:
    shown = "".join(
        '<span style="display:inline-block;width:7.5em;margin:.4em 0;text-align:center;'
        f'font-size:.7rem">{_ICON.format(ink="currentColor", path=path)}<br>{name}</span>'
        for name, path in found.items()
    )
    return f"<div>{shown}</div>"


def _symbols() -> Iterable[list[str]]:
    paths, tints = drawings("things.ts"), map_inks("TINTS")
    for name, ink in map_inks("INKS").items():
        shown = _SYMBOL.format(ink=ink, path=paths[name])
        yield [shown, code(name), swatch(ink), swatch(tints[name])]


def _curve() -> str:
    """Draw a curve with a level, the line of now and a forecast, in the face's colours."""
    ink = light()
    parts = (
        f'<rect width="640" height="200" fill="{ink["surface"]}"/>',
        f'<path d="M40 60H620" stroke="{ink["ink-2"]}" stroke-dasharray="6 4"/>',
        f'<text x="44" y="54" font-size="13" fill="{ink["ink-2"]}">警戒水位 7.00</text>',
        f'<path d="M400 20V170" stroke="{ink["ink-3"]}"/>',
        f'<text x="404" y="32" font-size="13" fill="{ink["ink-3"]}">现在</text>',
        f'<path d="M400 92 480 40 560 66 620 100V140L560 108 480 84 400 100Z" fill-opacity=".16"'
        f' fill="{ink["accent"]}"/>',
        f'<path d="M40 150 110 146 180 138M210 132 300 116 400 96" fill="none"'
        f' stroke="{ink["ink"]}" stroke-width="2.6"/>',
        f'<path d="M400 96 480 62 560 86 620 120" fill="none" stroke="{ink["accent"]}"'
        ' stroke-width="1.8" stroke-dasharray="7 5"/>',
        f'<path d="M40 170H620" stroke="{ink["line-2"]}"/>',
    )
    return (
        '<svg viewBox="0 0 640 200" role="img" aria-label="实测、预报、警戒水位和现在的线"'
        f' style="max-width:640px;width:100%">{"".join(parts)}</svg>'
    )
