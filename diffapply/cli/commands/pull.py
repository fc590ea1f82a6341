"""`diffapply pull`: writes the structure of tenants as a desired state."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from diffapply import files
from diffapply.cli.options import with_settings
from diffapply.cli.outcome import DIFFERENT, DONE
from diffapply.cli.setting_options import PLANNING
from diffapply.cli.terminal import complain, note, working, write_document
from diffapply.config import Settings
from diffapply.errors import UsageError

if TYPE_CHECKING:
    from diffapply.model.pulled import Pulled


@with_settings(PLANNING - {"desired"})
def pull(
    settings: Settings,
    named: Annotated[
        str | None,
        Argument(
            metavar="FINGERPRINT|TENANT",
            help="Which structure (default: that of all tenants, if they have one).",
        ),
    ] = None,
    *,
    majority: Annotated[
        bool, Option("--majority", help="The structure of the most tenants.")
    ] = False,
    out: Annotated[
        Path | None, Option("--out", metavar="FILE", help="Write it to FILE (default: show it).")
    ] = None,
    models: Annotated[
        bool,
        Option(
            "--models",
            help="As SQLAlchemy models; what they cannot say is SQL in a file beside FILE, such "
            "as models.rest.sql. Needs sqlacodegen: pip install 'diffapply[models]'.",
        ),
    ] = False,
) -> int:
    """Write the structure of tenants as a desired state.

    As SQL, or as SQLAlchemy models with SQL beside them for what they cannot say. It is built
    in scratch once. If it is not what the tenants have, says what differs, and exits with 2.
    """
    if models and (out is None or out.suffix != ".py"):
        raise UsageError("--models needs --out with the name of a .py file.")
    from diffapply import api
    from diffapply.render.sql.pulled import unlike

    with working(settings) as progress:
        pulled = api.pull(settings, named, majority=majority, models=models, progress=progress)
    if out is None:
        write_document("\n".join(text for _, text in pulled.texts))
    else:
        _write(pulled, out)
    if pulled.differences:
        complain(unlike(pulled), "Write the rest by hand, and compare with `diffapply drift`.")
        return DIFFERENT
    return DONE


def _write(pulled: "Pulled", out: Path) -> None:
    """Write the texts: the first to the file, the others beside it. Raises `UsageError`."""
    from diffapply.render.sql.pulled import written

    paths = [out, *(out.with_suffix(f".rest{extension}") for extension, _ in pulled.texts[1:])]
    for path, (_, text) in zip(paths, pulled.texts, strict=True):
        try:
            files.write_whole(path, text)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    for line in written(pulled, paths):
        note(line)
