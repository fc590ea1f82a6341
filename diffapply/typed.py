"""Data from outside as values of our types, and back: msgspec, behind three functions.

It is imported when it is first needed: that takes 8 ms, and most commands read no such data.
"""

from typing import Any, TypeVar

_Value = TypeVar("_Value")


class MisfitError(ValueError):
    """Data are not of their type: what is wrong, and its path, such as ``$.plan.in_sync[0]``."""


def typed(data: object, kind: type[_Value]) -> _Value:
    """Dictionaries, lists and the like as a value of this type. Raises `MisfitError`."""
    import msgspec  # noqa: PLC0415 - see above

    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise MisfitError(error) from error


def parsed(text: str, kind: type[_Value]) -> _Value:
    """JSON as a value of this type. Raises `MisfitError`."""
    import msgspec  # noqa: PLC0415 - see above

    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise MisfitError(error) from error


def plain(value: object) -> Any:  # noqa: ANN401 - any JSON
    """A value as dictionaries, lists and the like, as JSON can be made of them."""
    import msgspec  # noqa: PLC0415 - see above

    return msgspec.to_builtins(value)
