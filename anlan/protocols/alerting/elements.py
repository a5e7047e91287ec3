"""The children of one element by name: what is known of them, and where the rest is noted."""

from collections.abc import Mapping
from datetime import datetime

from anlan.protocols.alerting.mending import Notes
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.times import read_time
from anlan.protocols.alerting.trees import Node


class Elements:
    """The known children of one element; `known` tells of each name whether there may be several.

    `loose` takes names in any case, and times in the national message's forms. `passed` are
    names and namespaces that are neither used nor unknown.
    """

    def __init__(
        self,
        node: Node,
        known: Mapping[str, bool],
        path: str,
        notes: Notes,
        *,
        loose: bool = False,
        passed: frozenset[str] = frozenset(),
    ) -> None:
        self.path, self.notes = path, notes
        self._loose = loose
        self._found: dict[str, list[Node]] = {}
        names = {self._key(name): name for name in known}
        for child in node.children:
            name = names.get(self._key(child.name))
            if name is not None and child.space in (node.space, ""):
                self._found.setdefault(self._key(name), []).append(child)
            elif child.name not in passed and child.space not in passed:
                notes.strange(self.at(child.name))
        for key, nodes in self._found.items():
            if len(nodes) > 1 and not known[names[key]]:
                # Two readers could take different ones.
                name = names[key]
                raise Unreadable(f"{name} 有 {len(nodes)} 个，只能有一个", element=self.at(name))

    def _key(self, name: str) -> str:
        return name.lower() if self._loose else name

    def at(self, name: str) -> str:
        """Give the path of a child."""
        return f"{self.path}/{name}"

    def raw(self, name: str) -> str:
        """Return the text of a child as it stands, "" when it is blank."""
        nodes = self._found.get(self._key(name))
        text = nodes[0].text if nodes else ""
        return text if text.strip() else ""

    def text(self, name: str) -> str:
        """Return the trimmed text of a child."""
        return self.raw(name).strip()

    def needed(self, name: str) -> str:
        """Return the trimmed text of a child that must be there."""
        text = self.text(name)
        if not text:
            raise Unreadable(f"缺少 {name}", element=self.at(name))
        return text

    def time(self, name: str) -> datetime | None:
        """Return the time in a child, None when it is blank."""
        return read_time(self.text(name), self.at(name), self.notes, national=self._loose)

    def needed_time(self, name: str) -> datetime:
        """Return the time in a child that must be there."""
        self.needed(name)
        moment = self.time(name)
        if moment is None:
            raise Unreadable(f"缺少 {name}", element=self.at(name))
        return moment

    def nodes(self, name: str) -> list[tuple[str, Node]]:
        """List the children of a name with their paths."""
        found = self._found.get(self._key(name), ())
        return [(f"{self.at(name)}[{place}]", node) for place, node in enumerate(found, 1)]

    def filled(self, name: str) -> list[tuple[str, str]]:
        """List path and text of the children of a name that are not blank."""
        return [(path, text) for path, node in self.nodes(name) if (text := node.text.strip())]
