"""HTTP connections with a deadline on every wait and no access to forbidden addresses."""

from __future__ import annotations

import os
import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from podnotes.errors import FetchError
from podnotes.http.resolver import addresses_of
from podnotes.urls.addresses import is_web

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


class LateError(Exception):
    """The time budget is used up."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Time budget of a request.

    Attributes:
        ends: End of the budget on the monotonic clock.
    """

    ends: float

    def wait(self, timeout: float | None = None) -> float:
        """Return how many seconds an operation may wait: its own timeout, limited by the rest of the budget.

        Raises:
            LateError: The budget is used up.
        """
        left = self.ends - time.monotonic()
        if left <= 0:
            raise LateError
        return left if timeout is None else min(left, timeout)


class _BudgetedStream(httpcore2.NetworkStream):
    """A connection whose waits are all limited by the budget."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._inner.read(max_bytes, self._budget.wait(timeout))
        except httpcore2.ReadTimeout:
            self._budget.wait()  # raises LateError if the budget, not the server's silence, ended the wait
            raise

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
    """Backend that connects only to permitted addresses; the check and the connection use the same look-up."""

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
        numbers = addresses_of(host, port, private=self._private, on_wait=self._budget.wait)
        for position, number in enumerate(numbers, start=1):
            try:
                stream = self._inner.connect_tcp(
                    number, port, self._budget.wait(timeout), local_address, socket_options or []
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if position == len(numbers):
                    raise
            else:
                return _BudgetedStream(stream, self._budget)
        raise AssertionError("a look-up gives at least one address")


def pool_for(budget: Budget, *, private: bool, proxy: str | None) -> httpcore2.ConnectionPool:
    """Return a connection pool that is limited to a time budget and to permitted addresses.

    Args:
        budget: Time budget of the request.
        private: Whether private addresses are permitted.
        proxy: Address of the proxy, or None.
    """
    backend = _GuardedBackend(budget, private=private or proxy is not None)
    context = _ssl_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    if proxy is None:
        return httpcore2.ConnectionPool(ssl_context=context, network_backend=backend)
    address = httpx2.Proxy(proxy)
    return httpcore2.HTTPProxy(
        str(address.url), proxy_auth=address.raw_auth, ssl_context=context, network_backend=backend
    )


# Loading the certificates takes longer than most requests.
@cache
def _ssl_context(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:
    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # includes ssl.SSLError
        raise FetchError(
            f"The certificates in {cert_file or cert_dir or 'this system'} can't be read: correct or unset the "
            "environment variables SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error


def proxy_for(url: str) -> str | None:
    """Return the proxy configured for an address in the system's settings, or None."""
    parts = urlsplit(url)
    try:
        if urllib.request.proxy_bypass(parts.hostname or ""):
            return None
    except (OSError, ValueError):
        return None
    proxy = urllib.request.getproxies().get(parts.scheme)
    return proxy if proxy and is_web(proxy) else None
