"""Checks that each link within the site leads somewhere, to the heading that it names."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The links of a page, and what others can link to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif name == "src" or (name == "href" and tag in {"a", "link"}):
                self.links.append(value or "")


def broken(site: Path) -> Iterator[str]:
    """Each link that leads nowhere, with its page; links to other sites are not followed."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    for path, page in pages.items():
        if path.name == "404.html":  # it is shown at any address
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if there.is_dir():
                there /= "index.html"
            if not there.exists():
                yield f"{path.relative_to(site)}: {link}"
            elif there in pages and parts.fragment not in {"", *pages[there].places}:
                yield f"{path.relative_to(site)}: {link} (no such heading)"
