"""`diffapply deprovision`: drops tenants."""

from typing import Annotated

from typer import Argument, Option

from diffapply.cli.options import with_settings
from diffapply.cli.outcome import ERROR, RUN, end_of_run
from diffapply.cli.setting_options import TENANTS, WRITING
from diffapply.cli.terminal import Ended, confirmed, ending_truly, note, working
from diffapply.config import Settings
from diffapply.errors import NOTHING_DONE


@with_settings(TENANTS | WRITING, RUN)
def deprovision(
    settings: Settings,
    names: Annotated[list[str], Argument(metavar="NAME", help="Names of the tenants.")],
    *,
    yes: Annotated[bool, Option("--yes", "-y", help="Drop them without a question.")] = False,
) -> int:
    """Drop tenants with all that is in them; there is no way back.

    Says what they hold, and asks. Refused while a session uses one of them, or if something outside
    depends on it. If it is interrupted, the same command does the rest.
    """
    from diffapply import api
    from diffapply.render.words.wording import counted, held

    with working(settings):
        holdings = api.holdings(settings, names)
    for holding in holdings:
        note(held(holding))
    question = f"Drop {counted(len(holdings), 'tenant')} with everything in it? "
    if len(holdings) > 1:
        question = f"Drop these {len(holdings):,} tenants with everything in them? "
    if not yes and not confirmed(f"{question}This cannot be undone.", "drop"):
        note(NOTHING_DONE)
        return ERROR
    ended = Ended()
    with ending_truly(ended, whole=False), working(settings, notice=False) as progress:
        ended.result = api.deprovision(settings, names, progress=progress)
    return end_of_run(ended, settings, verbose=True)
