"""Elements of HTML, made as a tree.

No text is put into markup by hand: whatever a name or a definition holds, the tree escapes it, and
closes what it opens. Characters that do not print, direction marks among them, are shown as escapes
in all of it.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from diffapply.render.words.wording import visible, visible_block

Content = Element | str
"""What an element holds."""


def element(tag: str, *content: Content, css: str = "", **attributes: str) -> Element:
    """An element with content.

    Args:
        tag: its name.
        content: in order.
        css: its classes.
        attributes: those of HTML; an underscore stands for a hyphen.
    """
    made = Element(tag)
    if css:
        made.set("class", css)
    for name, value in attributes.items():
        made.set(name.replace("_", "-"), visible(value))
    return add(made, content)


def add(to: Element, content: Iterable[Content]) -> Element:
    """The element, with more content at its end."""
    for piece in content:
        if not isinstance(piece, str):
            to.append(piece)
        elif len(to):
            to[-1].tail = (to[-1].tail or "") + visible_block(piece)
        else:
            to.text = (to.text or "") + visible_block(piece)
    return to


def code(text: str, css: str = "") -> Element:
    """A name, or a definition, on one line."""
    return element("code", visible(text), css=css)


def verbatim(tag: str, text: str) -> Element:
    """A script or a style of ours, which is not escaped."""
    made = Element(tag)
    made.text = text
    return made


def markup(root: Element) -> str:
    """The element as HTML."""
    text: str = tostring(root, encoding="unicode", method="html")
    return text
