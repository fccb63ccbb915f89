from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING, Any

import pytest

from podnotes.http import client
from tests.http.loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only briefly before a retry."""
    monkeypatch.setattr(client, "_PAUSE_S", 0.01)


def resolve(monkeypatch: pytest.MonkeyPatch, names: Mapping[str, str | list[str] | list[list[str]]]) -> dict[str, int]:
    """Have the system's resolver answer in this way; other names stay as they are.

    Args:
        monkeypatch: Undoes it.
        names: By name its number, its numbers, or the numbers of the first answer, of the second and so on; the last
            answer is kept up.

    Returns:
        How often each name was asked for, counted from now on.
    """
    usual = socket.getaddrinfo
    answers: dict[str, Iterator[list[str]]] = {}
    for name, given in names.items():
        numbers = [given] if isinstance(given, str) else given
        turns = [turn for turn in numbers if isinstance(turn, list)] or [[str(number) for number in numbers]]
        answers[name] = itertools.chain(turns, itertools.repeat(turns[-1]))
    asked = dict.fromkeys(names, 0)

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in answers:
            return usual(host, port, *args, **kwargs)
        asked[host] += 1
        return [
            (socket.AF_INET6 if ":" in number else socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))
            for number in next(answers[host])
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked
