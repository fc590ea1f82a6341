"""Names of a package that are imported when they are first used, so that none waits for others."""

from collections.abc import Callable, Mapping
from importlib import import_module


def on_demand(
    names: dict[str, object], homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package.

    Args:
        names: what the package has; its `globals()`.
        homes: name → the module that has it; with a colon, and what it is called there.
    """

    def found(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {names['__name__']!r} has no attribute {name!r}")
        module, _, there = homes[name].partition(":")
        names[name] = getattr(import_module(module), there or name)
        return names[name]

    return found, lambda: sorted({*names, *homes})
