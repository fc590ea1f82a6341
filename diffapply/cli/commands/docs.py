"""`diffapply docs`: the pages of the documentation, in the terminal."""

from typing import Annotated

from typer import Argument

from diffapply.cli.outcome import DONE
from diffapply.cli.terminal import write_page


def docs(
    page: Annotated[
        str | None, Argument(help="The page, such as `role` (default: list the pages).")
    ] = None,
) -> int:
    """Show a page of the documentation of this version."""
    from diffapply.documentation import pages, title_of
    from diffapply.errors import UsageError

    found = pages()
    if page is None:
        titles = (f"- `diffapply docs {name}`: {title_of(path)}" for name, path in found.items())
        write_page("\n".join(["# Documentation", "", *titles, ""]))
        return DONE
    path = found.get(page.removeprefix("docs/").removesuffix(".md"))
    if path is None:
        there = f"There are {', '.join(found)}." if found else "None came with this installation."
        raise UsageError(f"There is no page {page!r}.", there)
    write_page(path.read_text("utf-8"))
    return DONE
