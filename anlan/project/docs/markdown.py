"""Markdown as text: the few forms that the reference pages need."""

from collections.abc import Iterable, Sequence

Page = str

#: At the end of every made page (before its title, mkdocs would not see the title).
MADE = "<!-- made while the site is built; do not edit -->"

UNKNOWN = "—"


def page(title: str, *parts: str) -> Page:
    """Join a page: its title, then its parts, with a blank line between."""
    return "\n\n".join((f"# {title}", *(part.strip("\n") for part in parts if part), MADE)) + "\n"


def cell(value: object) -> str:
    """Write a value so that it stays in its cell of a table; a dash for what is not there."""
    if value is None or value == "":
        return UNKNOWN
    text = " ".join(str(value).split())
    return text.replace("|", "\\|").replace("<", "&lt;")


def code(value: object) -> str:
    """Write a value as code; a dash for what is not there. A bar within code ends no cell."""
    text = " ".join(str(value).split()) if value is not None else ""
    return f"`{text}`" if text else UNKNOWN


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; "" when it has no row. Cells come from `cell`, `code` or `link`."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return ""
    rule = f"|{'|'.join(' --- ' for _ in head)}|"
    return "\n".join((f"| {' | '.join(head)} |", rule, *lines))


def link(text: str, target: str) -> str:
    """Write a link to another page of the site."""
    return f"[{cell(text)}]({target})"


def block(text: str, language: str = "text") -> str:
    """Write text as it is, in a frame."""
    return f"```{language}\n{text.rstrip()}\n```"


def chosen(*pairs: tuple[str, object]) -> str:
    """Write a short list of names and values, without those that are not there."""
    told = [(name, value) for name, value in pairs if value not in (None, "", (), [])]
    return "\n".join(f"- **{name}**：{value}" for name, value in told)
