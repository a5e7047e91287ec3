"""Taking a declaration apart: every slip is collected with its place, not only the first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from anlan.kernel.errors import Invalid
from anlan.protocols.declared.lines import Where
from anlan.protocols.declared.moments import seconds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, on which line of the file, and why."""

    where: str
    reason: str
    line: int | None = None

    def sentence(self) -> str:
        """Say it in one line."""
        at = f"第 {self.line} 行 " if self.line else ""
        return f"{at}{self.where}：{self.reason}" if self.where else f"{at}{self.reason}"


class Wrong(Invalid):
    """A declaration that is not in force; `problems` says everything that is wrong with it."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        errors: dict[str, list[str]] = {}
        for problem in problems:
            at = f"第 {problem.line} 行：" if problem.line else ""
            errors.setdefault(problem.where, []).append(at + problem.reason)
        sentences = "；".join(problem.sentence() for problem in problems)
        super().__init__(f"{name}：{sentences}", errors=errors)
        self.problems = tuple(problems)


#: (where, reason) pairs while they are collected.
Slips = list[tuple[Where, str]]
#: Reads a table of codes that lies beside the declaration, by its file name.
Files = Callable[[str], dict[str, str]]


def no_files(name: str) -> dict[str, str]:
    """Refuse every file: there is no folder."""
    raise Invalid(f"没有文件 {name}")


class Table:
    """One table of the declaration. What is asked for and wrong is noted; the answer goes on."""

    def __init__(
        self, raw: Mapping[str, Any], where: Where, slips: Slips, files: Files = no_files
    ) -> None:
        self.raw = raw
        self.where = where
        self.slips = slips
        self.files = files
        self._taken: set[str] = set()

    def slip(self, name: str, reason: str) -> None:
        """Note what is wrong with a key; "" is the table itself."""
        self.slips.append(((*self.where, name) if name else self.where, reason))

    def has(self, name: str) -> bool:
        """Tell whether the key is there."""
        return name in self.raw

    def any(self, name: str, default: Any = None) -> Any:
        """Take whatever is there."""
        self._taken.add(name)
        return self.raw.get(name, default)

    def text(
        self, name: str, default: str | None = None, *, choices: Sequence[str] = (), most: int = 500
    ) -> str:
        """Take a text; without a default it must be there and not be empty."""
        found = self.any(name, default)
        if found is None or (found == "" and default is None):
            self.slip(name, "必须填写")
            return choices[0] if choices else ""
        if not isinstance(found, str):
            self.slip(name, "应是文字，写在引号里")
            return default or ""
        if choices and found not in choices:
            self.slip(name, f"「{found}」不在可选之列：{'、'.join(choices)}")
            return choices[0]
        if len(found) > most:
            self.slip(name, f"不能超过 {most} 字")
        return found.strip()

    def made(self, name: str, make: Callable[[str], T], default: str | None = None) -> T | None:
        """Take a text and make something of it; what the maker refuses is noted."""
        text = self.text(name, default, most=8000)
        if not text:
            return None
        try:
            return make(text)
        except (Invalid, ValueError) as error:
            self.slip(name, error.detail if isinstance(error, Invalid) else f"「{text}」读不懂")
            return None

    def span(self, name: str, default: str, *, least: float = 0.0, most: float = 4e7) -> float:
        """Take a length of time, in seconds."""
        found = self.made(name, seconds, default)
        if found is None:
            return seconds(default)
        if not least <= found <= most:
            self.slip(name, f"应在 {least:g} 秒到 {most:g} 秒之间")
        return found

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        """Take a number within bounds."""
        found = self.any(name, default)
        if isinstance(found, bool) or not isinstance(found, int | float):
            self.slip(name, "应是数字，不加引号")
            return default
        if not low <= found <= high:
            self.slip(name, f"应在 {low:g} 到 {high:g} 之间")
        return float(found)

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """Take a whole number within bounds."""
        found = self.number(name, default, low=low, high=high)
        if found != int(found):
            self.slip(name, "应是整数")
        return int(found)

    def flag(self, name: str, *, default: bool) -> bool:
        """Take true or false."""
        found = self.any(name, default)
        if not isinstance(found, bool):
            self.slip(name, "只能是 true 或 false，不加引号")
            return default
        return found

    def table(self, name: str) -> "Table | None":
        """Take a table inside; None when it is not there."""
        found = self.any(name)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.slip(name, f"应是一个表：[{'.'.join(map(str, (*self.where, name)))}]")
            return None
        return Table(found, (*self.where, name), self.slips, self.files)

    def tables(self, name: str) -> list["Table"]:
        """Take an array of tables."""
        found = self.any(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            whole = ".".join(map(str, (*self.where, name)))
            self.slip(name, f"应是一组表：[[{whole}]]")
            return []
        return [
            Table(one, (*self.where, name, at), self.slips, self.files)
            for at, one in enumerate(found)
        ]

    def items(self, name: str) -> dict[str, Any]:
        """Take a table of free keys and plain values."""
        found = self.any(name, {})
        if not isinstance(found, dict) or any(
            isinstance(one, dict | list) for one in found.values()
        ):
            self.slip(name, '应是名称和值的对照，如 { "站码" = "编码" }')
            return {}
        return dict(found)

    def listed(self, name: str, default: Sequence[Any] = ()) -> list[Any]:
        """Take plain values, one or several."""
        found = self.any(name, list(default))
        many = found if isinstance(found, list) else [found]
        if any(isinstance(one, dict | list) for one in many):
            self.slip(name, "应是一个值，或方括号里的几个值")
            return list(default)
        return many

    def done(self) -> None:
        """Note keys nobody asked for: a misspelt key must not be passed over in silence."""
        for name in self.raw:
            if name in self._taken:
                continue
            near = get_close_matches(name, self._taken, n=1)
            self.slip(name, f"不认识这一项{f'，是不是 {near[0]}？' if near else ''}")
