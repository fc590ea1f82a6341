"""Where settings come from: options, the environment, [tool.diffapply] in pyproject.toml."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from diffapply.config import pyproject, variant
from diffapply.config.values import DEFAULT_DESIRED, SETTINGS
from diffapply.errors import UsageError, alike

_log = logging.getLogger(__name__)

_PREFIX = "DIFFAPPLY_"
_NEAR = 0.85
"""How alike a misspelt name is at least to the one that is meant."""
_ALSO_CALLED = {its.one: name for name, its in SETTINGS.items() if its.one}
_NO_SETTINGS = ("env", "home")
"""What else the environment says; see `given_settings` and `database.embedded_home`."""
_URLS = {
    "database_url": ("DIFFAPPLY_DATABASE_URL", "DATABASE_URL"),
    "scratch_url": ("DIFFAPPLY_SCRATCH_URL",),
}
"""Setting → the variables that say it; the first one that is set counts."""


def given_settings(
    flags: Mapping[str, object], environ: Mapping[str, str], start: Path
) -> dict[str, object]:
    """The settings that are given, by name; the others have their defaults.

    Args:
        flags: options by name of the setting; None: not given.
        environ: the process environment.
        start: where to begin looking for pyproject.toml, upwards to the root of the repository. A
            path in that file is relative to the file.

    The flag `env`, or DIFFAPPLY_ENV, names a table [tool.diffapply.env.NAME] in that file, whose
    keys win over those of [tool.diffapply].

    Raises:
        UsageError: a value, a key or the file is wrong; names the place.
    """
    file = pyproject.nearest(start)
    env = flags.get("env") or environ.get("DIFFAPPLY_ENV") or None
    values: dict[str, object] = {}
    if file is not None:
        values |= {"desired": DEFAULT_DESIRED} | _from_pyproject(file, env)
        values["desired"] = pyproject.beside(file.parent, values["desired"])
        if isinstance(variants := values.get("variants"), dict):
            values["variants"] = variant.beside(file.parent, variants)
    elif env is not None:
        raise UsageError(
            f"There is no environment {env!r}: no pyproject.toml was found from {start} upwards.",
            f"Add [tool.diffapply.env.{env}] to one.",
        )
    from_environment = dict(_from_environment(environ))
    _require_no_empty_url(flags, environ)
    if env is not None and flags.get("database_url") is None:
        _require_one_database(env, values, from_environment)
    values |= from_environment
    flags = {name: value for name, value in flags.items() if name != "env"}
    return values | dict(_from_flags(flags, values))


def tell_misspelt(environ: Mapping[str, str]) -> None:
    """Warn of a variable that is nearly one of ours; others may be the user's own."""
    known = {name.upper() for name in (*_ALSO_CALLED, *SETTINGS, *_NO_SETTINGS)}
    # Only what follows is compared: beside so long a beginning, any word would be near.
    given = (its.removeprefix(_PREFIX) for its in environ if its.startswith(_PREFIX))
    for name in sorted({*given} - known):
        if question := alike(name, known, "", nearness=_NEAR):
            meant = question.replace("'", f"'{_PREFIX}", 1)
            _log.warning("diffapply: %s%s is not read. %s", _PREFIX, name, meant)


def known_envs(start: Path) -> list[str]:
    """The names of the environments, for completion; none if the file cannot be used."""
    with suppress(UsageError):
        if (file := pyproject.nearest(start)) is not None:
            envs = pyproject.tool_table(file).get("env")
            return sorted(envs) if isinstance(envs, dict) else []
    return []


def _from_flags(
    flags: Mapping[str, object], others: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """Settings from options; what is added to a setting comes after what it was."""
    for name, value in flags.items():
        if value is not None:
            setting = SETTINGS[name]
            read = setting.of(value, f"--{(setting.one or name).replace('_', '-')}")
            yield name, (*others.get(name, ()), *read) if setting.is_added else read  # type: ignore[misc]  # tuples


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Settings from DATABASE_URL and DIFFAPPLY_…; others than URLs count as not set if empty."""
    if url := environ.get("DATABASE_URL"):
        yield "database_url", SETTINGS["database_url"].of_text(url, "DATABASE_URL")
    for name in (*_ALSO_CALLED, *SETTINGS):
        variable = f"DIFFAPPLY_{name.upper()}"
        if text := environ.get(variable):
            setting = _ALSO_CALLED.get(name, name)
            yield setting, SETTINGS[setting].of_text(text, variable)


def _require_no_empty_url(flags: Mapping[str, object], environ: Mapping[str, str]) -> None:
    """Refuse an empty URL, as of a missing secret: the command would go to another database."""
    for name, variables in _URLS.items():
        counts = next((its for its in variables if its in environ), None)
        if counts and not environ[counts] and flags.get(name) is None:
            raise UsageError(
                f"{counts} is empty, so it names no database.", "Give it a value, or unset it."
            )


def _require_one_database(
    env: object, file: Mapping[str, object], environ: Mapping[str, object]
) -> None:
    """Refuse to guess between the database of the chosen environment and that of a variable."""
    named, other = (its.get("database_url") for its in (file, environ))
    if named is not None and other is not None and named != other:
        raise UsageError(
            f"The environment {env!r} and DATABASE_URL (or DIFFAPPLY_DATABASE_URL) name different "
            "databases.",
            "Unset the variable, or give --database-url.",
        )


def _from_pyproject(path: Path, env: object) -> dict[str, object]:
    """The settings of [tool.diffapply], and over them those of an environment, if one is chosen."""
    table = dict(pyproject.tool_table(path))
    envs = table.pop("env", {})
    if not isinstance(envs, dict) or not all(isinstance(its, dict) for its in envs.values()):
        raise UsageError(
            f"env in [tool.diffapply] of {path} must hold tables.",
            "Write one as [tool.diffapply.env.staging].",
        )
    if env is not None and env not in envs:
        known = f"has {', '.join(map(repr, sorted(envs)))}" if envs else "has none"
        raise UsageError(
            f"There is no environment {env!r}: [tool.diffapply.env] of {path} {known}.",
        )
    values = _from_table(table, "[tool.diffapply]", path)
    # All are read, so that a mistake is found before the day when that one is needed.
    read = {its: _from_table(envs[its], f"[tool.diffapply.env.{its}]", path) for its in envs}
    return values | (read[env] if isinstance(env, str) else {})


def _from_table(table: Mapping[str, object], called: str, path: Path) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        name = _ALSO_CALLED.get(name, name)
        where = f"{key} in {called} of {path}"
        if name not in SETTINGS:
            known = sorted(known.replace("_", "-") for known in SETTINGS)
            raise UsageError(
                f"{called} of {path} has {key!r}, which is no setting.",
                alike(key, known, f"The settings are: {', '.join(known)}."),
            )
        if name in values:
            raise UsageError(f"{where} sets again what another key sets.", "Keep one of them.")
        values[name] = SETTINGS[name].of(value, where)
    return values
