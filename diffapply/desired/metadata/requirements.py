"""Finds out whether the user's code fails because it needs another version of what diffapply needs.

Installed beside an application that is held back, such as at SQLAlchemy 1.4, diffapply brings newer
ones along: pip only warns of that.
"""

import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import (
    PackageNotFoundError,
    packages_distributions,
    requires,
    version,
)
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_OURS = "diffapply"


def version_conflict(error: BaseException, source: str) -> str:
    """What a package that has failed on import needs otherwise; empty if all is as it needs it.

    Also empty if that cannot be told: `packaging` comes with what we require, but may be broken.

    Args:
        source: the module, or the file, that was to be imported.
    """
    modules = [
        source.partition(".")[0],
        *(
            str(frame.f_globals.get("__name__", "")).partition(".")[0]
            for frame, _ in traceback.walk_tb(error.__traceback__)
        ),
    ]
    known = _distributions(tuple(sys.path))
    owners = dict.fromkeys(name for its in modules for name in known.get(its, ()))
    try:
        found = [
            f"{owner} needs {wanted}, and {has} is installed"
            for owner in owners
            if owner != _OURS
            for wanted, has in _unmet(owner)
        ]
    except ImportError:
        return ""
    if not found:
        return ""
    return (
        f"{'; '.join(found)}. Install diffapply in an environment of its own, and give it SQL: "
        "`diffapply docs desired-state` says how."
    )


@cache
def _distributions(_path: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """The names of modules → the distributions that bring them: reading all takes a while.

    Args:
        _path: where they are looked for, `sys.path`.
    """
    return packages_distributions()


def _unmet(owner: str) -> Iterator[tuple[str, str]]:
    """What a distribution requires of what diffapply requires, too, and which version there is."""
    theirs = _requirements(requires(owner) or ())
    try:
        ours = _requirements(requires(_OURS) or ())
    except PackageNotFoundError:  # it runs without being installed
        return
    for key in sorted(theirs.keys() & ours.keys()):
        one = theirs[key]
        try:
            has = version(one.name)
        except PackageNotFoundError:
            continue
        if not one.specifier.contains(has, prereleases=True):
            yield f"{one.name}{one.specifier}", has


def _requirements(texts: Iterable[str]) -> dict[str, "Requirement"]:
    """Those that hold here, and without extras, by their normal names."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - see `version_conflict`
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    by_name = dict[str, Requirement]()
    for text in texts:
        try:
            found = Requirement(text)
        except ValueError:  # as old distributions may have them
            continue
        if found.marker is None or found.marker.evaluate({"extra": ""}):
            by_name[canonicalize_name(found.name)] = found
    return by_name
