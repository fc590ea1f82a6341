"""`diffapply shape`: the desired state in a file, for applications."""

from pathlib import Path
from typing import Annotated

from typer import Option

from diffapply.cli.options import with_settings
from diffapply.cli.outcome import DONE
from diffapply.cli.setting_options import PLANNING
from diffapply.cli.terminal import working, write_lines
from diffapply.config import Settings


@with_settings(
    PLANNING - {"allow_none"}, needing={"only": "ways", "exclude": "ways", "full": "ways"}
)
def shape(
    settings: Settings,
    *,
    out: Annotated[Path, Option("--out", metavar="FILE", help="Write the shape to FILE.")],
    ways: Annotated[
        bool,
        Option(
            "--ways",
            help="Also prove the ways from the shapes that tenants have or had, for `ensure_in`.",
        ),
    ] = False,
) -> int:
    """Write the desired state to a file for applications. They need no scratch then."""
    from diffapply import api
    from diffapply.render.terminal.shape_file import shape_file_lines

    api.require_shape_writable(out)
    with working(settings) as progress:
        made = api.desired_shape(settings, ways=ways, progress=progress)
        made.save(out)
    write_lines(lambda layout: shape_file_lines(made, out, layout))
    return DONE
