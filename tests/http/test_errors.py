"""Nothing but a FetchError crosses the border, whatever the client raises, also after an update of it."""

from __future__ import annotations

import inspect
import ssl
from typing import TYPE_CHECKING

import httpcore2
import httpx2
import pytest

from podnotes import FetchError, http

if TYPE_CHECKING:
    from tests.http.loopback import Loopback

RAISED = sorted(
    {
        kind
        for module in (httpcore2, httpx2)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__.startswith(("httpcore2", "httpx2"))
    },
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)


def made(kind: type[Exception]) -> Exception:
    """Make an exception of this class, whatever its arguments are."""
    request = httpx2.Request("GET", "http://a.example/")
    for arguments in (("boom",), (), ("boom", request)):
        for named in ({}, {"request": request}, {"request": request, "response": httpx2.Response(500)}):
            try:
                return kind(*arguments, **named)
            except TypeError:
                continue
    raise AssertionError(f"{kind} can't be made")


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_every_exception_of_the_client_is_translated(
    server: Loopback, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    error = made(kind)

    def fail(self: httpcore2.ConnectionPool, request: httpcore2.Request) -> httpcore2.Response:
        raise error

    monkeypatch.setattr(httpcore2.ConnectionPool, "handle_request", fail)
    with pytest.raises(FetchError) as caught:
        http.fetch(server.url("/"), trusted=True, max_bytes=100, deadline_s=2)
    assert str(caught.value).endswith(".")
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused"),
        (ssl.SSLError(1, "wrong version number"), "TLS handshake"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
    ],
)
def test_the_reason_is_said(server: Loopback, monkeypatch: pytest.MonkeyPatch, cause: OSError, expected: str) -> None:
    def fail(self: httpcore2.ConnectionPool, request: httpcore2.Request) -> httpcore2.Response:
        raise httpcore2.ConnectError("no") from cause

    monkeypatch.setattr(httpcore2.ConnectionPool, "handle_request", fail)
    with pytest.raises(FetchError, match=expected):
        http.fetch(server.url("/"), trusted=True, max_bytes=100, deadline_s=2)
