"""The frame of a page: its head, its style, its script, its foot."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from xml.etree.ElementTree import Element

from diffapply.render.page.elements import Content, element, markup, verbatim
from diffapply.version import VERSION


def page(command: str, title: Content, lead: str, sections: Iterable[Element]) -> str:
    """A page: one file that loads nothing.

    Args:
        command: such as ``plan``.
        title: of what it tells.
        lead: the result in one sentence.
        sections: in order.
    """
    style, script = _ours("page.css"), _ours("search.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        # Even if a name could add markup, a browser would run and load nothing but this.
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("title", f"diffapply {command}: {lead}"),
        verbatim("style", style),
    )
    top = element(
        "header",
        element("p", f"diffapply {command}", css="command"),
        element("h1", title),
        element("p", lead, css="lead"),
    )
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    foot = element("footer", f"Written by diffapply {VERSION}, {now}.")
    body = element("body", top, element("main", *sections), foot, verbatim("script", script))
    return f"<!DOCTYPE html>\n{markup(element('html', head, body, lang='en'))}\n"


def _policy(style: str, script: str) -> str:
    return f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _ours(name: str) -> str:
    return files("diffapply.render.page").joinpath(name).read_text("utf-8")
