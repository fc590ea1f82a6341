"""The formats of a command's result: what each is made by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.text import Text

    from diffapply.render.terminal.layout import Layout


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of a result.

    Attributes:
        makers: format → the function that makes it: its module, a colon, and its name; imported
            when the format is asked for. That of ``text`` makes lines for people from a result and
            a layout; all others make a document from a result.
        more: format → what its function is given besides.
    """

    makers: Mapping[str, str]
    more: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The formats, in the order of the help."""
        return tuple(self.makers)

    def giving(self, **more: Mapping[str, object]) -> Self:
        """The same formats, of which some are given more."""
        return replace(self, more=more)

    def lines(self, result: object, layout: "Layout") -> "Iterable[Text]":
        """The result for people."""
        made: Iterable[Text] = self.maker("text")(result, layout, **self.more.get("text", {}))
        return made

    def document(self, result: object, form: str) -> str:
        """The result in another format than text."""
        return str(self.maker(form)(result, **self.more.get(form, {})))

    def maker(self, form: str) -> Any:  # noqa: ANN401 - a function of any result
        """What makes this format."""
        module, _, name = self.makers[form].partition(":")
        return getattr(import_module(module), name)


def as_made(_result: object, text: str) -> str:
    """The document of a format that the command has made by itself."""
    return text
