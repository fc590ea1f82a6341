"""`diffapply provision`: creates tenants."""

from typing import Annotated

from typer import Argument

from diffapply.cli.options import with_settings
from diffapply.cli.outcome import RUN, end_of_run
from diffapply.cli.setting_options import COMPARING, DESIRED, TENANTS, WRITING
from diffapply.cli.terminal import Ended, ending_truly, working
from diffapply.config import Settings


@with_settings(TENANTS | COMPARING | DESIRED | WRITING, RUN)
def provision(
    settings: Settings,
    names: Annotated[list[str], Argument(metavar="NAME", help="Names of the new tenants.")],
) -> int:
    """Create new tenants at the desired state."""
    from diffapply import api

    ended = Ended()
    with ending_truly(ended), working(settings) as progress:
        ended.result = api.provision(settings, names, progress=progress)
    return end_of_run(ended, settings, verbose=True)
