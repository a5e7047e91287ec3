"""Secrets of what is declared: named there, kept elsewhere, never shown and never logged.

``env:SOURCE_NAME`` is a variable of the environment, ``file:NAME`` a file in ``DIR/secrets``.
Nothing else can be named: whoever writes a declaration also says where what it names is sent.
Each kind of declaration has a first word of its own for variables (SOURCE, CHANNEL).
"""

import json
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

from anlan.kernel.errors import Invalid, Missing
from anlan.protocols.declared.moments import moment_of

FOLDER = "secrets"
REFERENCE = re.compile(r"env:[A-Z]+_[A-Z0-9_]{1,60}|file:[a-z0-9][a-z0-9._-]{0,59}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
LONGEST = 8192
#: Shorter ones are not blotted out of texts: too much else would go with them.
SHORTEST_BLOTTED = 4


def check_reference(text: str, *, word: str = "SOURCE") -> str:
    """Return a reference; `Invalid` when it is none, above all when it is the secret itself."""
    mine = text.startswith((f"env:{word}_", "file:"))
    if not mine or not REFERENCE.fullmatch(text):
        raise Invalid(
            f"这里不写密码本身：用 env:{word}_名称（环境变量）"
            "或 file:名称（工作区 secrets 文件夹中的文件）"
        )
    return text


class Secrets:
    """The secrets of one workspace, read anew each time: a changed one is in force at once."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def value(self, reference: str) -> str:
        """Read a secret; `Missing` when it is not there."""
        kind, _, name = reference.partition(":")
        if kind == "env":
            found = os.environ.get(name, "")
            where = f"环境变量 {name}"
        else:
            found, where = self._read(name), f"文件 {FOLDER}/{name}"
        if not found:
            raise Missing(f"找不到密码：{where} 不存在或是空的")
        return found

    def keep(self, name: str, value: str) -> None:
        """Write a secret, readable by this program's user only."""
        if not NAME.fullmatch(name):
            raise Invalid(
                "名称只能用小写字母、数字、点、横线和下划线", errors={"name": ["写法不对"]}
            )
        if not 0 < len(value) <= LONGEST:
            raise Invalid("密码是空的或太长", errors={"value": [f"1 到 {LONGEST} 个字符"]})
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{name}.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / name)

    def names(self) -> list[tuple[str, datetime]]:
        """List the names of kept secrets and when each was written."""
        if not self._folder.is_dir():
            return []
        files = [it for it in self._folder.iterdir() if NAME.fullmatch(it.name) and it.is_file()]
        return sorted((it.name, moment_of(it.stat().st_mtime_ns // 1_000_000)) for it in files)

    def _read(self, name: str) -> str:
        if not NAME.fullmatch(name):
            return ""
        try:
            return (self._folder / name).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise Missing(f"文件 {FOLDER}/{name} 读不了：{type(error).__name__}") from error


def _quoted(value: str) -> set[str]:
    """Write a value in every way it may stand in an address."""
    return {
        way(value, encoding=charset, errors="replace", safe="")
        for way in (quote, quote_plus)
        for charset in ("utf-8", "gb18030")
    } | {quote(value)}


class Blotter:
    """Blots secrets out of texts before anybody keeps or shows them."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def learn(self, values: Iterable[str]) -> None:
        """Remember what must not be seen."""
        for value in values:
            if len(value) >= SHORTEST_BLOTTED:
                self._words |= {value, json.dumps(value)[1:-1], *_quoted(value)}

    def clean(self, text: str) -> str:
        """Return the text without any of them."""
        for word in sorted(self._words, key=len, reverse=True):
            text = text.replace(word, "***")
        return text
