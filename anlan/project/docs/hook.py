"""What mkdocs calls while it builds the site (``hooks:`` in mkdocs.yml).

Adds the made pages, and refuses a site that would fetch anything from elsewhere: it must be
readable in a duty room without a network.
"""

import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[3]

#: Files of the product that the site shows: place in the site -> path in the checkout.
BROUGHT = {"assets/mark.svg": "frontend/public/mark.svg"}

_HAN = r"\u3001-\u30ff\u4e00-\u9fff\uff00-\uffef\u2014\u201c\u201d"
#: Text, not a heading, a table or the like, that ends in Chinese.
HAN_END = re.compile(rf"^(?!#|\||<).*[{_HAN}]\**$")
#: A line that goes on with Chinese.
HAN_START = re.compile(rf"^ *\**[{_HAN}]")

#: Addresses that a browser fetches by itself while it shows a page.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc="""
    r"""["']?(?P<src>(?:https?:)?//[^"' >]+)"""
    r"""|<link\b(?![^>]*rel=["']?canonical)[^>]*?\bhref=["']?(?P<href>(?:https?:)?//[^"' >]+)"""
    r"""|url\(["']?(?P<url>(?:https?:)?//[^"')]+)""",
    re.IGNORECASE,
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages made from the declarations."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from anlan.project.docs import declarations

    declarations.load()
    from anlan.project.docs.pages import pages

    for path, write in pages().items():
        files.append(File.generated(config, path, content=write()))
    for place, path in BROUGHT.items():
        files.append(File.generated(config, place, content=(ROOT / path).read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Join the lines of a Chinese paragraph: a browser would show each break as a space."""
    joined: list[str] = []
    is_code = False
    for line in markdown.splitlines():
        is_code ^= line.lstrip().startswith("```")
        before = joined[-1] if joined else ""
        if not is_code and HAN_END.search(before) and HAN_START.match(line):
            joined[-1] = before + line.lstrip()
        else:
            joined.append(line)
    return "\n".join(joined)


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a site with a page or style sheet that fetches from another host."""
    site = Path(config.site_dir)
    strangers = {
        f"{path.relative_to(site)}: {found}"
        for pattern in ("*.html", "*.css")
        for path in site.rglob(pattern)
        for found in fetched(path.read_text(encoding="utf-8"))
    }
    if strangers:
        raise PluginError("the site fetches from elsewhere: " + "; ".join(sorted(strangers)[:10]))


def fetched(text: str) -> list[str]:
    """List the addresses of other hosts that a page or style sheet makes a browser fetch."""
    return [one["src"] or one["href"] or one["url"] for one in FETCHED.finditer(text)]
