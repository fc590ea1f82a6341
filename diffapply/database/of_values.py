"""Whether PostgreSQL refused values, so that with others the same statement would run."""

import re

import psycopg2

_CLASSES = ("22", "23")
"""Classes of errors: of data, and of constraints."""

_OF_TEXTS = frozenset({"42601", "42602", "42622"})
"""Of what is no SQL, no name, or too long a one. So say types, too, of texts that they do not read:
tsquery and jsonpath, and hstore and ltree among extensions."""

_TOO_LARGE = "54000"
"""Such as a value that is too long for an index."""

_OF_CODE = frozenset({"P0001", "XX000"})
"""What a function raises that names no error of PostgreSQL's, as many of extensions do."""

_OF_OTHERS = re.compile("tuple concurrently|cache lookup failed|could not open relation")
"""What is so raised when another session changes the catalog meanwhile."""

_LANGUAGES = re.compile(r"(?:.*/)?pl\w*\.\w+")
"""Source files of procedural languages: their functions say anything, or are wrong themselves."""


def is_of_values(error: BaseException | None, *, of_values_alone: bool = False) -> bool:
    """Whether an error of PostgreSQL is one of values, rather than of the statement.

    Args:
        of_values_alone: nothing but values can be the cause, as with a query for what values
            become; of other statements, also a trigger may say anything.
    """
    code = (isinstance(error, psycopg2.Error) and error.pgcode) or ""
    if code in _OF_TEXTS:
        return not _has_a_place(error) and (of_values_alone or not _is_of_a_language(error))
    if code in _OF_CODE:
        return of_values_alone and not _OF_OTHERS.search(str(error))
    return code.startswith(_CLASSES) or code == _TOO_LARGE


def _is_of_a_language(error: BaseException | None) -> bool:
    file = getattr(getattr(error, "diag", None), "source_file", None) or ""
    return _LANGUAGES.fullmatch(file) is not None


def _has_a_place(error: BaseException | None) -> bool:
    """Whether PostgreSQL names the place in the statement, as it does where it reads SQL."""
    said = getattr(error, "diag", None)
    return any(
        getattr(said, f"{which}_position", None) is not None for which in ("statement", "internal")
    )
