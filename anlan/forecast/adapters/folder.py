"""A run's folder on disk: written whole or not at all, and known by digests."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from anlan.forecast.adapters.contract import Refusal, Request, Result
from anlan.kernel.errors import Invalid

REQUEST: Final = "request.json"
RESULT: Final = "outputs/result.json"
REFUSAL: Final = "outputs/refusal.json"
PROGRESS: Final = "progress"
LOG: Final = "log.txt"
#: A result larger than this is a mistake of the model.
MOST_BYTES: Final = 256 * 1024 * 1024


class Folder:
    """The folder of one run."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def inputs(self) -> Path:
        """Where the inputs lie."""
        return self.home / "inputs"

    @property
    def outputs(self) -> Path:
        """Where products go."""
        return self.home / "outputs"

    def begin(self) -> None:
        """Make it, empty of what an earlier try left."""
        for part in (self.inputs, self.outputs):
            part.mkdir(parents=True, exist_ok=True)
            for old in sorted(part.rglob("*"), reverse=True):
                old.unlink() if old.is_file() else old.rmdir()
        (self.home / PROGRESS).unlink(missing_ok=True)

    def put(self, name: str, content: bytes) -> tuple[str, int]:
        """Write one file below the folder; returns its digest and size."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content)
        draft.replace(path)
        return hashlib.sha256(content).hexdigest(), len(content)

    def ask(self, request: Request) -> None:
        """Write what is asked."""
        self.put(REQUEST, msgspec.json.encode(request))

    def request(self) -> Request:
        """Read what is asked; `Invalid` when it is not as it must be."""
        found: Request = self._read(REQUEST, Request)
        return found

    def read(self, name: str, shape: Any) -> Any:
        """Read an input by the name the request gives it; None when it is missing."""
        asked = self.request().asked(name)
        if asked is None or asked.state == "missing":
            return None
        return self._read(f"inputs/{asked.file}", shape)

    def answer(self, result: Result) -> None:
        """Write the result; from then on the run counts as computed."""
        self.put(RESULT, msgspec.json.encode(result))

    def refuse(self, reason: str) -> None:
        """Write why there is no result."""
        self.put(REFUSAL, msgspec.json.encode(Refusal(reason=reason)))

    def result(self) -> Result:
        """Read the result; `Invalid` says what is wrong with it."""
        found: Result = self._read(RESULT, Result)
        return found

    def refusal(self) -> str:
        """Read why there is no result; "" when the model did not say."""
        if not (self.home / REFUSAL).exists():
            return ""
        return str(self._read(REFUSAL, Refusal).reason)

    def progress(self, done: float) -> None:
        """Tell how much is done, 0..1."""
        self.put(PROGRESS, f"{min(max(done, 0.0), 1.0):.4f}".encode())

    def done(self) -> float | None:
        """Read how much is done; None when the model does not tell."""
        try:
            return min(max(float((self.home / PROGRESS).read_text(encoding="ascii")), 0.0), 1.0)
        except (OSError, ValueError):
            return None

    def products(self) -> Iterator[tuple[str, str, int]]:
        """Give every file below ``outputs/``: its name, digest and size."""
        for path in sorted(self.outputs.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield (
                    path.relative_to(self.outputs).as_posix(),
                    digest_of(path),
                    path.stat().st_size,
                )

    def product(self, name: str) -> Path:
        """Find a product by its name; `Invalid` for a name that leads out of ``outputs/``."""
        path = (self.outputs / name).resolve()
        if not path.is_relative_to(self.outputs.resolve()) or not path.is_file():
            raise Invalid(f"产品文件 {name} 不在输出文件夹里")
        return path

    def _read(self, name: str, shape: Any) -> Any:
        path = self.home / name
        try:
            if path.stat().st_size > MOST_BYTES:
                raise Invalid(f"{name} 太大，无法读取")
            return msgspec.json.decode(path.read_bytes(), type=shape)
        except FileNotFoundError:
            raise Invalid(f"文件夹里没有 {name}") from None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Invalid(f"{name} 无法读取：{error}") from error


def digest_of(path: Path) -> str:
    """Tell the SHA-256 of a file, read in pieces."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            state.update(piece)
    return state.hexdigest()
