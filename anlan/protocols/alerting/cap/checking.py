"""Check a document against the shape of CAP 1.2, as the schema would, without its file."""

from collections.abc import Iterator
from datetime import datetime

from anlan.protocols.alerting.cap import shape
from anlan.protocols.alerting.trees import Node, decoded, read_xml


def faults_of(data: bytes) -> tuple[str, ...]:
    """List the paths at which a document is no valid CAP 1.2, in its order; none when it is.

    Stricter than the schema in one thing: identifier and sender must be fit for references.
    """
    root = read_xml(decoded(data)[0])
    if (root.name, root.space) != ("alert", shape.NAMESPACE):
        return (root.name,)
    return tuple(_faults(root, shape.ALERT, "alert"))


def _faults(node: Node, parts: tuple[shape.Element, ...], path: str) -> Iterator[str]:
    """Walk children and declared elements side by side: what is out of order is a fault."""
    children = _own(node)
    place = 0
    for part in parts:
        count = 0
        while place < len(children) and children[place].name == part.name:
            count += 1
            at = f"{path}/{part.name}[{count}]"
            yield from _faults_of_one(children[place], part, at)
            place += 1
        if count < part.least or (part.most is not None and count > part.most):
            yield f"{path}/{part.name}"
    yield from (f"{path}/{child.name}" for child in children[place:])


def _own(node: Node) -> list[Node]:
    """List the children but the signatures, which may stand at the end of an alert."""
    return [child for child in node.children if child.space != shape.SIGNATURE_NAMESPACE]


def _faults_of_one(node: Node, part: shape.Element, path: str) -> Iterator[str]:
    if node.space != shape.NAMESPACE:
        yield path
    elif part.parts:
        yield from _faults(node, part.parts, path)
    elif node.children or not _allowed(node.text, part):
        yield path


def _allowed(text: str, part: shape.Element) -> bool:
    if part.choices:
        return text in part.choices
    if part.pattern is None:
        return True
    return part.pattern.fullmatch(text.strip()) is not None and (
        part.pattern is not shape.TIME or _on_calendar(text.strip())
    )


def _on_calendar(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
