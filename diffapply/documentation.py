"""The pages for users, as they were when this version was made."""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

_SHIPPED = "share/doc/diffapply"
"""Where a wheel puts them; see ``data-files`` in pyproject.toml."""

_CHECKOUT = Path(__file__).parents[1]

_NOT_FOR_USERS = {"README", "alternatives", "architecture", "bench", "how-it-works", "profile"}


def pages() -> dict[str, Path]:
    """Name, such as ``role``, → the file; sorted by name."""
    found = _in_checkout() if (_CHECKOUT / "docs" / "role.md").exists() else _installed()
    names = {path.stem: path for path in found if path.stem not in _NOT_FOR_USERS}
    return dict(sorted(names.items()))


def _in_checkout() -> list[Path]:
    return [*_CHECKOUT.glob("docs/*.md"), *_CHECKOUT.glob("docs/reference/*.md")]


def _installed() -> list[Path]:
    try:
        shipped = files("diffapply") or ()
    except PackageNotFoundError:
        return []
    return [
        Path(str(its.locate()))
        for its in shipped
        if its.parent.as_posix().endswith(_SHIPPED) and its.suffix == ".md"
    ]


def title_of(page: Path) -> str:
    """The heading of a page."""
    with page.open(encoding="utf-8") as text:
        return text.readline().removeprefix("# ").strip()
