"""`diffapply show`: the statements that build a structure."""
# ruff: noqa: PLC0415 - what a command works with is imported when it runs

from typing import Annotated

from typer import Argument

from diffapply.config import Settings
from diffapply.options import Verbose, with_settings
from diffapply.outcome import DONE, show
from diffapply.terminal import working


@with_settings("text", "json")
def show_shape(
    settings: Settings,
    named: Annotated[
        str,
        Argument(
            metavar="FINGERPRINT|TENANT",
            help="A tenant, or the beginning of a fingerprint that a tenant or the journal has.",
        ),
    ],
    *,
    verbose: Verbose = False,
) -> int:
    """Show the statements that build a structure."""
    from diffapply import api
    from diffapply.render.pulled import shape_json, shape_lines

    with working(settings) as progress:
        shown = api.show(settings, named, progress=progress)
    show(shown, settings, shape_lines, lambda its, _: shape_json(its), verbose=verbose)
    return DONE
