"""Reports: the result of a command once more, in another format, in a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from diffapply import files
from diffapply.errors import DiffapplyError, UsageError


@dataclass(frozen=True, slots=True)
class Report:
    """A file that gets the result of a command, in one of that command's formats."""

    format: str
    path: Path

    @classmethod
    def of(cls, text: str, where: str) -> Self:
        """The report that a text such as ``junit:report.xml`` asks for.

        Args:
            where: the place of the text, for people.

        Raises:
            UsageError: it is no such text.
        """
        form, colon, name = text.partition(":")
        if not colon or not name:
            raise UsageError(f"{where} must be KIND:FILE, such as html:report.html; not {text!r}.")
        return cls(form, Path(name))


def require_usable(reports: Iterable[Report], formats: Sequence[str]) -> None:
    """Refuse reports that could not be written.

    Args:
        formats: those that the command has.

    Raises:
        UsageError: it lacks one of them, or a file cannot be written.
    """
    for report in reports:
        require_format(report.format, formats)
        try:
            files.require_writable(report.path)
        except (OSError, ValueError) as error:  # ValueError: no file can have that name
            raise UsageError(_refusal(report, error)) from None


def require_format(form: str, formats: Sequence[str]) -> None:
    """Refuse a format that the command does not have.

    Raises:
        UsageError: it has others.
    """
    if form not in formats:
        raise UsageError(
            f"This command has no format {form!r}.", f"Its formats are: {', '.join(formats)}."
        )


def write_reports(reports: Iterable[tuple[Report, str]]) -> None:
    """Write each report, completely or not at all; one that fails does not stop the others.

    Raises:
        DiffapplyError: a file cannot be written.
    """
    refusals = []
    for report, text in reports:
        try:
            files.write_whole(report.path, text)
        except OSError as error:
            refusals.append(_refusal(report, error))
    if refusals:
        raise DiffapplyError(" ".join(refusals), outcome="The command did its work all the same.")


def _refusal(report: Report, error: OSError | ValueError) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"The {report.format} report cannot be written to {report.path}: {reason}."
