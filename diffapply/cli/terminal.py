"""Writes to the terminal or pipe, in any encoding, also if the reader is gone.

Rich is imported late, only to show a result.
"""
# ruff: noqa: PLC0415 - see above

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from errno import EPIPE
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from diffapply.cli import diagnostics
from diffapply.config import Settings
from diffapply.database.advice import advice, reason
from diffapply.errors import DiffapplyError, UsageError, masked
from diffapply.progress import silent

if TYPE_CHECKING:
    from rich.text import Text

    from diffapply.model.run import RunResult
    from diffapply.progress import Progress
    from diffapply.render.terminal.layout import Detail, Layout


_WIDTH = 80
"""Columns of a terminal that does not say how many it has."""


def prepare_streams() -> None:
    """Make sure that both streams exist, and that they accept every character."""
    # If the caller has closed a stream (`>&-`), it is None.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str, stream: TextIO | None = None) -> None:
    """Write to the stream, or else to standard output, and flush.

    If the reader is gone (``| head``), the rest of the output is dropped, and the command goes on
    to its exit code.

    Raises:
        DiffapplyError: writing fails for another reason, such as a full disk.
    """
    stream = stream or sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        # Otherwise the rest of the buffer would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if error.errno != EPIPE:
            raise DiffapplyError(
                f"The output cannot be written: {error.strerror}.",
                outcome="The command did its work all the same.",
            ) from None


def note(sentence: str) -> None:
    """Tell people something beside the result, on standard error, unless they want it quiet."""
    if not diagnostics.is_quiet():
        _tell(sentence)


@contextmanager
def working(settings: Settings, *, notice: bool = True) -> Iterator["Progress"]:
    """Show progress; what the desired state prints goes to stderr, so stdout holds the result."""
    from diffapply import api
    from diffapply.render.terminal.progress import shown_on

    if notice and (sentence := api.embedded_notice(settings)):
        note(sentence)
    # Between the lines of --debug, a bar would be torn.
    bar = nullcontext(silent) if settings.quiet or settings.debug else shown_on(sys.stderr)
    with redirect_stdout(sys.stderr), bar as progress:
        yield progress


def write_document(text: str) -> None:
    """Write a document for machines to standard output, always in UTF-8.

    What a terminal would obey, such as an escape sequence in a literal, it gets in a visible form.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        if sys.stdout.isatty():
            from diffapply.render.words.wording import visible_block

            text = visible_block(text)
    write(text)


def write_page(text: str) -> None:
    """Write a page in Markdown: laid out on a terminal, else as it is."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(file=sys.stdout)
    if console.is_terminal:
        # Where the width is 0, as COLUMNS may say, Rich writes nothing.
        console = Console(file=sys.stdout, width=console.width or _WIDTH)
        # Links are told by the page that they lead to.
        with console.capture() as captured:
            console.print(Markdown(text, hyperlinks=False))
        text = captured.get()
    write(text)


@dataclass(frozen=True, slots=True)
class Manner:
    """How lines for people are written.

    Attributes:
        verbose: see `Layout`.
        detail: the same.
        aside: on standard error: a document has standard output for itself.
        wrong: they tell what went wrong: with --quiet, they go to standard error.
    """

    verbose: bool = False
    detail: "Detail | None" = None
    aside: bool = False
    wrong: bool = False

    def layout(self, width: int | None = None) -> "Layout":
        """The layout for a terminal of this width; None: for a file."""
        from diffapply.render.terminal.layout import Layout

        return Layout(verbose=self.verbose, width=width, detail=self.detail)


PLAIN = Manner()


def write_lines(lines: Callable[["Layout"], Iterable["Text"]], manner: Manner = PLAIN) -> None:
    """Write lines for people, in colour on a terminal. Rich must not cut or wrap them."""
    if diagnostics.is_quiet() and not manner.wrong:
        return
    from rich.console import Console

    stream = sys.stderr if manner.aside or diagnostics.is_quiet() else sys.stdout
    reader = Console(file=stream)
    layout = manner.layout(reader.width if reader.is_terminal else None)
    # Rich ends the process if the reader is gone. So it only makes the text; `write` writes it.
    page = StringIO()
    # It writes nothing where the width is 0, as COLUMNS may say; the lines are not wrapped here.
    console = Console(file=page, force_terminal=reader.is_terminal, width=max(reader.width, 1))
    for line in lines(layout):
        console.print(line, soft_wrap=True)
    write(page.getvalue(), stream)


def confirmed(question: str, todo: str = "apply") -> bool:
    """Ask on standard error, because standard output is for the result.

    Args:
        question: answered by yes or no.
        todo: what --yes lets the command do.

    Raises:
        UsageError: standard input is no terminal, or what it is about is not shown.
    """
    if diagnostics.is_quiet():
        raise UsageError(
            "--quiet hides what you would agree to.",
            f"Give --yes to {todo} without a question, or leave out --quiet.",
        )
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "Standard input is no terminal, so nobody can answer.",
            f"Give --yes to {todo} without a question.",
        )
    from diffapply.render.words.wrapping import fitted

    write("\n".join(fitted(f"{question} [y/N]", sys.stderr)) + " ", sys.stderr)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def complain(message: str, hint: str = "") -> None:
    """Write an error to standard error: what is wrong, and on the next line what to do.

    With --debug, or DIFFAPPLY_DEBUG in the environment, the traceback comes first.
    """
    from diffapply.render.words.wording import visible_block

    if told := diagnostics.error_traceback():
        write(visible_block(told), sys.stderr)
    # An exception of the desired state may quote the password by itself.
    lines = [diagnostics.scrubbed(its) for its in (f"Error: {' '.join(message.split())}", hint)]
    diagnostics.record_error("\n".join(lines))
    _tell(*lines)


class Ended:
    """How a run ended.

    Attributes:
        result: what it did; None as long as that is not known.
        interrupted: whether it ended before all tenants were done.
    """

    result: "RunResult | None" = None
    interrupted = False

    @property
    def exit_code(self) -> int:
        """That of the result; 1 if there is none, or if the run was interrupted."""
        if self.result is None or self.interrupted:
            return DiffapplyError.exit_code
        return self.result.exit_code


@contextmanager
def ending_truly(ended: Ended, *, whole: bool = True) -> Iterator[None]:
    """If the block is interrupted, say how many tenants are done.

    Args:
        ended: where the block stores the run's result.
        whole: whether each tenant is changed completely or not at all.
    """
    left = "no tenant is left half-changed" if whole else "one may be left with a part of its own"
    try:
        yield
    except KeyboardInterrupt as interruption:
        from diffapply.render.words.wording import counted

        result = ended.result = getattr(interruption, "result", ended.result)
        if result is None:
            ended.interrupted = True
            complain(
                f"Interrupted; {left}.",
                "`diffapply history` shows what was done.",
            )
        elif result.count("skipped"):
            ended.interrupted = True
            to_change = len(result.tenants) - result.count("unchanged")
            complain(
                f"Interrupted; run {result.run} has done {result.count('applied'):,} of "
                f"{counted(to_change, 'tenant')}, and {left}.",
                f"`diffapply history {result.run}` names them. The same command does the rest.",
            )
        else:
            _tell(f"Interrupted when run {result.run} was over.")


def unexpected(error: Exception) -> tuple[str, str]:
    """A sentence for an unexpected error, and a hint."""
    if any(kind.__module__ == "psycopg2" for kind in type(error).__mro__):
        return f"PostgreSQL: {masked(reason(error)) or type(error).__name__}", advice(error)
    told = masked(str(error).strip().partition("\n")[0])
    return (
        f"Internal error: {type(error).__name__}: {told}",
        "Run with --debug for the traceback.",
    )


def _tell(*sentences: str) -> None:
    """Write each on standard error, from the beginning of a line."""
    from diffapply.render.words.wording import visible
    from diffapply.render.words.wrapping import fitted

    lines = [line for its in sentences if its for line in fitted(visible(its), sys.stderr)]
    write("".join(f"{line}\n" for line in lines), sys.stderr)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
