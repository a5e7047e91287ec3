"""Inputs and outputs of an engine's run on disk: a document and its companions, a folder back."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from anlan.engines.registry import Engine, Result, plain, table
from anlan.kernel.errors import Invalid

INPUT: Final = "input.json"
RESULT: Final = "result.json"
ARRAYS: Final = "arrays.npz"
#: Arrays of more figures than this lie in the NPZ file and not in the JSON of a folder.
_MANY: Final = 5000


def document_of(given: Path) -> tuple[Path, str, dict[str, Any]]:
    """Read the document of a file, or of ``input.json`` in a folder: its folder, name, content."""
    path = given / INPUT if given.is_dir() else given
    try:
        body = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Invalid(f"没有 {path} 这个文件") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} 读不了：{error}") from error
    try:
        document = json.loads(body)
    except ValueError as error:
        raise Invalid(f"{path} 不是 JSON：{error}") from error
    if not isinstance(document, dict):
        raise Invalid(f"{path} 里要有一个 JSON 对象")
    return path.parent, path.name, document


def read_beside(folder: Path) -> Callable[[str], bytes]:
    """Give the bytes of companions by name; nothing outside the folder is read."""

    def read(name: str) -> bytes:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Invalid(f"文件 {name} 不在输入的文件夹里")
        try:
            return path.read_bytes()
        except OSError as error:
            raise Invalid(f"输入的文件 {name} 读不了：{error.strerror or error}") from error

    return read


def provenance(
    engine: Engine, folder: Path, name: str, document: Mapping[str, Any]
) -> dict[str, Any]:
    """Say by what and from what a result was made: versions and digests of every file used."""
    names = [name, *_companions(document)]
    return {
        "engine": engine.key,
        "version": engine.version,
        "source": engine.source,
        "numpy": np.__version__,
        "inputs": {one: hashlib.sha256((folder / one).read_bytes()).hexdigest() for one in names},
    }


def whole(engine: Engine, result: Result, stamp: Mapping[str, Any]) -> dict[str, Any]:
    """Put a whole result into one JSON object."""
    outputs = {
        item.key: plain(item, result.values[item.key])
        for item in engine.outputs
        if item.key in result.values
    }
    ended = {"stopped": result.stopped} if result.stopped else {}
    return {**stamp, **ended, "notes": list(result.notes), "outputs": outputs}


def write(engine: Engine, result: Result, stamp: Mapping[str, Any], target: Path) -> Iterator[Path]:
    """Write one ``.json`` file, or a folder of ``result.json``, tables and arrays."""
    if target.suffix == ".json":
        yield _put_json(target, whole(engine, result, stamp))
        return
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid(f"建不了文件夹 {target}：{error.strerror or error}") from error
    arrays = {
        item.key: value
        for item in engine.outputs
        if item.kind == "numbers"
        and isinstance(value := result.values.get(item.key), np.ndarray)
        and value.size > _MANY
    }
    yield from _tables(engine, result, target)
    beside: dict[str, str] = {}
    for name, make in result.files.items():
        body = make()
        beside[name] = hashlib.sha256(body).hexdigest()
        (target / name).write_bytes(body)
        yield target / name
    if arrays:
        np.savez_compressed(target / ARRAYS, allow_pickle=False, **arrays)
        yield target / ARRAYS
    document = whole(engine, result, stamp)
    for key in arrays:
        told = document["outputs"][key]
        del told["values"]
        told["file"] = ARRAYS
    if beside:
        document["files"] = beside
    yield _put_json(target / RESULT, document)


def _tables(engine: Engine, result: Result, target: Path) -> Iterator[Path]:
    axes = dict.fromkeys(item.axes[-1] for item in engine.outputs if len(item.axes) == 1)
    for axis in axes:
        found = table(engine, result, axis)
        if found is None:
            continue
        head, rows = found
        path = target / f"{axis}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            writer.writerows(rows)
        yield path


def _companions(document: Mapping[str, Any]) -> list[str]:
    return [
        value["file"]
        for value in document.values()
        if isinstance(value, Mapping) and isinstance(value.get("file"), str)
    ]


def _put_json(path: Path, document: Mapping[str, Any]) -> Path:
    try:
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise Invalid(f"写不了 {path}：{error.strerror or error}") from error
    return path
