"""Finds out whether the user's code fails because it needs another version of what diffapply needs.

Installed beside an application that is held back, such as at SQLAlchemy 1.4, diffapply brings newer
ones along: pip only warns of that.
"""

import traceback
import warnings
from collections.abc import Iterable, Iterator
from importlib.metadata import (
    PackageNotFoundError,
    packages_distributions,
    requires,
    version,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pkg_resources import Requirement

_OURS = "diffapply"


def version_conflict(error: BaseException, source: str) -> str:
    """What a package that has failed on import needs otherwise; empty if all is as it needs it.

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
    known = packages_distributions()
    owners = dict.fromkeys(name for its in modules for name in known.get(its, ()))
    found = [
        f"{owner} needs {wanted}, and {has} is installed"
        for owner in owners
        if owner != _OURS
        for wanted, has in _unmet(owner)
    ]
    if not found:
        return ""
    return (
        f"{'; '.join(found)}. Install diffapply in an environment of its own, and give it SQL: "
        "`diffapply docs desired-state` says how."
    )


def _unmet(owner: str) -> Iterator[tuple[str, str]]:
    """What a distribution requires of what diffapply requires, too, and which version there is."""
    theirs = {its.key: its for its in _requirements(requires(owner) or ())}
    try:
        ours = {its.key for its in _requirements(requires(_OURS) or ())}
    except PackageNotFoundError:  # it runs without being installed
        return
    for key in sorted(theirs.keys() & ours):
        one = theirs[key]
        try:
            has = version(one.project_name)
        except PackageNotFoundError:
            continue
        if not one.specifier.contains(has, prereleases=True):
            yield f"{one.project_name}{one.specifier}", has


def _requirements(texts: Iterable[str]) -> Iterator[Requirement]:
    """Those that hold here, and without extras."""
    for text in texts:
        try:
            found = Requirement.parse(text)
        except ValueError:  # as old distributions may have them
            continue
        if found.marker is None or found.marker.evaluate({"extra": ""}):
            yield found
