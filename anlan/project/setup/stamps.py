"""Stamps: what something was made from, written when it is whole."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


class Stamp:
    """The hash of the inputs that a finished product was made from."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def matches(self, digest: str) -> bool:
        """Whether the product is whole and was made from these inputs."""
        return self.text() == digest

    def text(self) -> str:
        """Tell what it was made from, as a word; "" while it is not whole."""
        try:
            return self._path.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def write(self, digest: str) -> None:
        """Say that the product is whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.write_text(f"{digest}\n", encoding="ascii")
        draft.replace(self._path)

    def remove(self) -> None:
        """Say that the product is being made, or is not whole."""
        self._path.unlink(missing_ok=True)


def digest_of(files: Iterable[Path], *words: str) -> str:
    """Hash names and contents of files (in a fixed order) and any further words."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(f"{word}\n".encode())
    for path in sorted(files):
        digest.update(f"{path.name}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sources(folder: Path, *, without: frozenset[str]) -> list[Path]:
    """List the files below a folder, leaving out the folders of these names."""
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            if entry.name not in without:
                found += sources(entry, without=without)
        elif entry.is_file():
            found.append(entry)
    return found
