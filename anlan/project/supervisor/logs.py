"""Log files that never grow without end."""

from pathlib import Path

LIMIT_BYTES = 10_000_000
KEPT = 4


class RotatingLog:
    """An append-only file, set aside as ``NAME.1`` ... ``NAME.4`` each time it passes the limit."""

    def __init__(self, path: Path, *, limit: int = LIMIT_BYTES, kept: int = KEPT) -> None:
        self.path = path
        self._limit = limit
        self._kept = kept
        self._file = path.open("ab", buffering=0)
        self._size = self._file.tell()

    def write(self, text: bytes) -> None:
        """Append; on a full disk the text is lost, but the process that wrote it goes on."""
        if self._size + len(text) > self._limit and self._size:
            self._rotate()
        try:
            self._file.write(text)
        except OSError:
            return
        self._size += len(text)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def tail(self, lines: int = 15) -> str:
        """Return the last lines, for a sentence that explains why a start failed."""
        with self.path.open("rb") as file:
            file.seek(max(0, self._size - 8_000))
            text = file.read().decode("utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _rotate(self) -> None:
        try:
            for number in range(self._kept, 0, -1):
                older = self._name(number - 1)
                if older.exists():
                    older.replace(self._name(number))
            fresh = self.path.open("ab", buffering=0)
        except OSError:
            return  # try again at the next write; a log is no reason to stop
        self._file.close()
        self._file, self._size = fresh, 0

    def _name(self, number: int) -> Path:
        return self.path if number == 0 else self.path.with_name(f"{self.path.name}.{number}")
