"""`diffapply show`: the statements that build a structure."""

from typing import Annotated

from typer import Argument

from diffapply.cli.formats import Formats
from diffapply.cli.options import Verbose, with_settings
from diffapply.cli.outcome import DONE, show
from diffapply.cli.setting_options import LOOKING
from diffapply.cli.terminal import Manner, working
from diffapply.config import Settings

FORMATS = Formats(
    {
        "text": "diffapply.render.terminal.shape:shape_lines",
        "json": "diffapply.render.documents.shape:shape_json",
    }
)


@with_settings(LOOKING, FORMATS)
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
    """Show the statements that build a structure.

    A tenant's, or that of a shape, also of one that only the journal knows. The beginning of a
    fingerprint is enough.
    """
    from diffapply import api

    with working(settings) as progress:
        shown = api.show(settings, named, progress=progress)
    show(shown, settings, FORMATS, Manner(verbose=verbose))
    return DONE
