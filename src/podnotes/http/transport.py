"""HTTP transport: a deadline on every wait, a minimum speed, and no connection to forbidden addresses."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from podnotes.errors import FetchError
from podnotes.http.addresses import LateLookupError, addresses_of, is_web

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Timeouts and retries of a request.

    Attributes:
        connect_s: Seconds for a connection to be made.
        silence_s: Seconds in which nothing at all arrives.
        min_speed: Bytes a second that must arrive on average over ``window_s``.
        window_s: Seconds over which the speed is measured.
        tries: Requests made at most for one answer.
        pause_s: Seconds before the second try; doubled before each further one.
        redirects: Redirects followed at most; each tracking service in front of an address is one.
    """

    connect_s: float = 15.0
    silence_s: float = 30.0
    min_speed: float = 1024.0
    window_s: float = 20.0
    tries: int = 4
    pause_s: float = 0.5
    redirects: int = 20


class LateError(Exception):
    """The budget of time is used up."""


class SlowError(Exception):
    """Less arrives than the minimum speed."""


@dataclass(slots=True)
class Budget:
    """The time that a request has left, and what has arrived in the current window."""

    ends: float
    patience: RetryPolicy
    received: int = 0
    window_start: float = field(default_factory=time.monotonic)

    def wait(self, timeout: float | None) -> float:
        """Return how long an operation may wait: its own timeout, but not past the end of the budget."""
        now = time.monotonic()
        if now >= self.ends:
            raise LateError
        left = self.ends - now
        return left if timeout is None else min(left, timeout)

    def count(self, size: int) -> None:
        """Note what has arrived, and end the connection at the end of a window with too little."""
        now = time.monotonic()
        self.received += size
        elapsed = now - self.window_start
        if elapsed >= self.patience.window_s:
            if self.received < self.patience.min_speed * elapsed:
                raise SlowError
            self.restart_window()

    def restart_window(self) -> None:
        """Begin to measure the speed anew."""
        self.received, self.window_start = 0, time.monotonic()


class _BudgetedStream(httpcore2.NetworkStream):
    """A connection on which every wait is taken from the budget."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data = self._inner.read(max_bytes, self._budget.wait(timeout))
        except httpcore2.ReadTimeout:
            self._budget.wait(None)  # tells "late" from "silent"
            raise
        self._budget.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.wait(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        tls = self._inner.start_tls(ssl_context, server_hostname, self._budget.wait(timeout))
        return _BudgetedStream(tls, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _GuardedBackend(httpcore2.NetworkBackend):
    """Connects only to addresses that may be asked: the check and the connection use the same look-up."""

    def __init__(self, budget: Budget, *, private: bool) -> None:
        self._inner = httpcore2.SyncBackend()
        self._budget = budget
        self._private = private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            numbers = addresses_of(host, port, private=self._private, wait_s=self._budget.wait(timeout))
        except LateLookupError:
            self._budget.wait(None)  # tells "late" from a resolver that hangs
            raise
        for position, number in enumerate(numbers, start=1):
            try:
                stream = self._inner.connect_tcp(
                    number, port, self._budget.wait(timeout), local_address, socket_options or []
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if position == len(numbers):
                    raise
            else:
                self._budget.restart_window()
                return _BudgetedStream(stream, self._budget)
        raise AssertionError("a look-up gives at least one address")


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


class Transport(httpx2.BaseTransport):
    """httpx's transport over a pool that knows our budget and our guard."""

    def __init__(self, budget: Budget, *, private: bool, proxy: str | None) -> None:
        self._budget = budget
        backend = _GuardedBackend(budget, private=private or proxy is not None)
        if proxy is None:
            self._pool = httpcore2.ConnectionPool(ssl_context=_ssl_context(), network_backend=backend)
        else:
            address = httpx2.Proxy(proxy)
            self._pool = httpcore2.HTTPProxy(
                proxy_url=str(address.url), proxy_auth=address.raw_auth, ssl_context=_ssl_context(),
                network_backend=backend,
            )  # fmt: skip

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request through the pool (httpx's interface)."""
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, Iterable)
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def _ssl_context() -> ssl.SSLContext:
    return _context_with(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _context_with(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:
    # Reading the certificates takes longer than most requests, so it is done once for each setting.
    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # as ssl.SSLError is, too
        raise FetchError(
            f"The certificates in {cert_file or cert_dir or 'this system'} can't be read: correct or unset the "
            "environment variables SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error


def proxy_for(url: str) -> str | None:
    """Return the proxy that the system's settings name for an address, or None."""
    parts = urlsplit(url)
    try:
        if urllib.request.proxy_bypass(parts.hostname or ""):
            return None
    except (OSError, ValueError):
        return None
    proxy = urllib.request.getproxies().get(parts.scheme)
    return proxy if proxy and is_web(proxy) else None
