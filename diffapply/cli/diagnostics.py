"""What a command says beside its result: little (--quiet), or all that it does (--debug).

Notices and warnings go through the logger ``diffapply``. With --debug or --log-file, so does every
statement, with the time that it took. No password gets there.
"""
# ruff: noqa: PLC0415 - most commands need nothing of this

import logging
import os
import re
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from diffapply.config import Settings
from diffapply.config.values import SETTINGS
from diffapply.errors import UsageError, masked

_log = logging.getLogger("diffapply")

_LONGEST = 300
"""Characters of a statement that --debug shows; the file has all of it."""
_PASSWORD = re.compile(
    r"""(\bpassword\s+(?:[eu]&?)?)(?:'(?:[^'\\]|''|\\.)*'|\$(\w*)\$.*?\$\2\$)""",
    re.IGNORECASE | re.DOTALL,
)
_FOR_OWNER = 0o600
"""Definitions and constants of tenants are in the file."""


@dataclass
class _State:
    quiet: bool = False
    debug: bool = False
    urls: tuple[str, ...] = ()
    handlers: list[logging.Handler] = field(default_factory=list)
    file: logging.Handler | None = None


_state = _State()


def begin(settings: Settings) -> None:
    """Say from now on as much as the settings want.

    Raises:
        UsageError: the log file cannot be written.
    """
    end()
    _state.quiet, _state.debug = settings.quiet, settings.debug
    _state.urls = tuple(filter(None, (settings.database_url, settings.scratch_url)))
    shown = _Shown()
    shown.setLevel(logging.DEBUG if settings.debug else logging.WARNING)
    if settings.quiet and not settings.debug:
        shown.setLevel(logging.ERROR)
    shown.setFormatter(_Formatter(short=True))
    _state.handlers.append(shown)
    if settings.log_file:
        _state.file = _file(Path(settings.log_file))
        _state.handlers.append(_state.file)
    for handler in _state.handlers:
        _log.addHandler(handler)
    if settings.debug or settings.log_file:
        _log.setLevel(logging.DEBUG)
    _log.debug("begins: %r", settings)


def end() -> None:
    """Say as much as usual again, and close the log file."""
    for handler in _state.handlers:
        _log.removeHandler(handler)
        handler.close()
    _log.setLevel(logging.NOTSET)
    vars(_state).update(vars(_State()))


def is_quiet() -> bool:
    """Whether only errors are to be told."""
    return _state.quiet


def error_traceback() -> str:
    """The traceback of the error that is being handled, if it is to be shown; without passwords."""
    return _secretless(_traceback()) if _state.debug or _is_debugged_anyhow() else ""


def _traceback() -> str:
    """That of the error that is being handled; empty if what is wrong is no exception."""
    return traceback.format_exc() if sys.exception() else ""


def _is_debugged_anyhow() -> bool:
    """Whether DIFFAPPLY_DEBUG says so, also if the settings could not be read."""
    text = os.environ.get("DIFFAPPLY_DEBUG", "")
    with suppress(UsageError):
        return bool(text and SETTINGS["debug"].of_text(text, "DIFFAPPLY_DEBUG"))
    return False


def record_error(message: str) -> None:
    """Write an error and its traceback to the log file, if there is one."""
    if _state.file is not None:
        text = f"{message}\n{_traceback()}".rstrip()
        _state.file.handle(_log.makeRecord(_log.name, logging.ERROR, "", 0, text, (), None))


def _file(path: Path) -> logging.Handler:
    try:
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _FOR_OWNER)
        stream = os.fdopen(number, "a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"The log file {path} cannot be written: {error.strerror}.") from None
    handler = _FileHandler(stream)
    handler.setFormatter(_Formatter(short=False))
    return handler


class _Shown(logging.StreamHandler):  # type: ignore[type-arg]  # no generic when it runs
    """Standard error; on a terminal, sentences are wrapped between words."""

    def format(self, record: logging.LogRecord) -> str:
        from diffapply.render.words.wrapping import fitted

        text = super().format(record)
        return text if record.levelno == logging.DEBUG else "\n".join(fitted(text, self.stream))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's
        """That nobody reads it does not end the command, nor show a traceback."""


class _FileHandler(logging.StreamHandler):  # type: ignore[type-arg]  # no generic when it runs
    def close(self) -> None:
        with suppress(OSError):  # the disk is full
            self.stream.close()
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's
        """A full disk does not end the command, nor show a traceback."""


class _Formatter(logging.Formatter):
    default_msec_format = "%s.%03d"

    def __init__(self, *, short: bool) -> None:
        super().__init__()
        self._short = short

    def format(self, record: logging.LogRecord) -> str:
        from diffapply.render.words.wording import visible, visible_block

        text = _secretless(record.getMessage())
        if not self._short:
            return f"{self.formatTime(record)} {visible_block(text)}"
        text = visible(" ".join(text.split()))
        if record.levelno != logging.DEBUG:
            return text
        line = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
        return f"{self.formatTime(record)} {line}"


def scrubbed(text: str) -> str:
    """The text without the passwords of the settings' URLs."""
    for url in _state.urls:
        from diffapply.database.urls import scrub

        text = scrub(text, url)
    return text


def _secretless(text: str) -> str:
    return _PASSWORD.sub(r"\1'***'", masked(scrubbed(text)))
