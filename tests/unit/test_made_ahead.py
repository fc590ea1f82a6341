"""The scratch database that is made ahead: who waits for it, and who does not."""

from threading import Event

import pytest

from diffapply.errors import DatabaseError
from diffapply.scratch import ahead
from diffapply.scratch.ahead import made_ahead
from diffapply.scratch.making import Made


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs where a database was made."""
    urls: list[str] = []

    def make(url: str) -> Made:
        urls.append(url)
        raise DatabaseError("Nothing is made in this test.")

    monkeypatch.setattr(ahead, "make_database", make)
    return urls


def test_a_server_that_does_not_answer(made: list[str]) -> None:
    """Whoever does not need the database does not wait; and nothing is made there later."""
    answers, told = Event(), Event()

    def require() -> None:
        answers.wait()
        told.set()

    with made_ahead("the server", require):
        pass
    answers.set()
    told.wait()
    assert made == []


def test_a_server_that_is_not_to_be_used(made: list[str]) -> None:
    """Nothing is made; whoever asks is told why."""

    def require() -> None:
        raise DatabaseError("It is a standby.")

    with made_ahead("the server", require) as make, pytest.raises(DatabaseError, match="standby"):
        make()
    assert made == []


def test_why_it_cannot_be_made(made: list[str]) -> None:
    """Whoever asks is told; whoever does not, is not."""
    with made_ahead("the server") as make, pytest.raises(DatabaseError, match="Nothing is made"):
        make()
    with made_ahead("the server"):
        pass
    assert made[0] == "the server"
