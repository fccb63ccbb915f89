"""The one HTTP client: every request of podnotes goes through :func:`open_stream`.

What a client usually promises is an operation's timeout; a server that drips a byte a second outlives it for ever.
Here every wait is taken from one budget of time, and a connection that stays below a minimum speed is dropped.
"""

from __future__ import annotations

import contextlib
import email.utils
import random
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from podnotes import __version__
from podnotes.errors import FetchError
from podnotes.web.addresses import (
    addresses_of,
    cleaned,
    is_web,
    joined,
    origin,
    same_origin,
    shown,
    without_credentials,
)

USER_AGENT = f"podnotes/{__version__} (+https://pypi.org/project/podnotes/)"
#: Statuses that a later try may turn into an answer.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_DECODABLE = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br", "zstd"})
#: Connection failures that a later try may cure; no such host and "refused" are not among them.
_LOSSES = (httpcore2.ReadError, httpcore2.RemoteProtocolError, httpcore2.WriteError, httpcore2.ReadTimeout)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request is waited for, and how often it is tried.

    Attributes:
        connect_s: Seconds for a connection to be made.
        silence_s: Seconds in which nothing at all arrives.
        min_speed: Bytes a second that must arrive on average over ``window_s``.
        window_s: Seconds over which the speed is measured.
        tries: Requests made at most for one answer.
        pause_s: Seconds before the second try; doubled before each further one.
        redirects: Redirects followed at most.
    """

    connect_s: float = 15.0
    silence_s: float = 30.0
    min_speed: float = 1024.0
    window_s: float = 20.0
    tries: int = 4
    pause_s: float = 0.5
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        url: Address that answered in the end, with the credentials it was asked with.
        status: HTTP status; 200, or 304 for a conditional request.
        headers: Header fields, names in lower case.
        body: The decoded body.
        moved_to: Address to remember from now on, when every redirect on the way was permanent (301, 308), else None.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None

    @property
    def content_type(self) -> str:
        """MIME type without parameters, lower case, "" when the server names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Stream:
    """An answer whose body has yet to be read.

    Attributes:
        url: Address that answers.
        status: HTTP status.
        headers: Header fields, names in lower case.
        moved_to: As in :class:`Answer`.
        chunks: The decoded body in pieces; may be read once.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    moved_to: str | None
    chunks: Iterator[bytes]


class _LateError(Exception):
    """The budget of time is used up."""


class _SlowError(Exception):
    """Less arrives than the minimum speed."""


@dataclass(slots=True)
class _Budget:
    """The time that a request has left, and what has arrived in the current window."""

    ends: float
    patience: Patience
    received: int = 0
    window_start: float = field(default_factory=time.monotonic)

    def wait(self, timeout: float | None) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise _LateError
        return left if timeout is None else min(left, timeout)

    def count(self, size: int) -> None:
        now = time.monotonic()
        self.received += size
        elapsed = now - self.window_start
        if elapsed >= self.patience.window_s:
            if self.received < self.patience.min_speed * elapsed:
                raise _SlowError
            self.restart_window()

    def restart_window(self) -> None:
        self.received, self.window_start = 0, time.monotonic()


class _BudgetedStream(httpcore2.NetworkStream):
    """A connection on which every wait is taken from the budget."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: _Budget) -> None:
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

    def __init__(self, budget: _Budget, *, private: bool) -> None:
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
        numbers = addresses_of(host, port, private=self._private)
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


class _Transport(httpx2.BaseTransport):
    """httpx's transport over a pool that knows our budget and our guard."""

    def __init__(self, budget: _Budget, *, private: bool, proxy: str | None) -> None:
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
        self._pool.close()


@cache
def _ssl_context() -> ssl.SSLContext:
    # Reading the certificates takes longer than most requests, so it is done once.
    return httpx2.create_ssl_context()


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    try:
        if urllib.request.proxy_bypass(parts.hostname or ""):
            return None
    except (OSError, ValueError):
        return None
    proxy = urllib.request.getproxies().get(parts.scheme)
    return proxy if proxy and is_web(proxy) else None


# ------------------------------------------------------------------------------------------------- credentials

_keyring: dict[tuple[str, str, int], tuple[str, str]] = {}
_keyring_lock = threading.Lock()


def remember_credentials(url: str) -> None:
    """Keep the credentials of an address she typed, for further requests of this process to the same server.

    A private feed's audio, chapters and transcripts usually ask for the same name and password as the feed, but their
    addresses don't carry them.

    Args:
        url: Address with ``user:password@``; any other is ignored.
    """
    parts = urlsplit(url)
    place = origin(url)
    if place is not None and "@" in parts.netloc:
        with _keyring_lock:
            _keyring[place] = (unquote(parts.username or ""), unquote(parts.password or ""))


def _credentials(url: str) -> tuple[str, str] | None:
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return unquote(parts.username or ""), unquote(parts.password or "")
    with _keyring_lock:
        for place, pair in _keyring.items():
            if same_origin(url, f"{place[0]}://{f'[{place[1]}]' if ':' in place[1] else place[1]}:{place[2]}"):
                return pair
    return None


# ---------------------------------------------------------------------------------------------------- requests


def trusts(url: str, feed_url: str | None) -> bool:
    """Tell whether a link in a feed may lead to a private address because its feed does.

    A feed can only have been read from a loopback or private address when she typed that address herself. Its links
    to the same server (scheme, host and port) are then as good as typed; all others are not.

    Args:
        url: Link in the feed.
        feed_url: Where the feed was read from (``Episode.feed_url``), or None.

    Returns:
        What to pass as ``trusted`` to :func:`fetch`.
    """
    return same_origin(url, feed_url)


@contextlib.contextmanager
def open_stream(
    url: str,
    *,
    trusted: bool,
    deadline_s: float,
    headers: Mapping[str, str] | None = None,
    patience: Patience | None = None,
) -> Generator[Stream]:
    """Open an address and hand over the answer before its body is read; redirects are followed and checked.

    One try, no repetition: see :func:`fetch` for that. Statuses other than redirects are handed over as they are.

    Args:
        url: http(s) address.
        trusted: True when she typed it: it may be a private address then, and so may redirects within its server.
        deadline_s: Seconds for everything together, reading the body included.
        headers: Further header fields.
        patience: Waits and redirects allowed.

    Yields:
        The answer.

    Raises:
        FetchError: When no answer comes, or the reading of the body ends early, late or too slowly.
    """
    patience = patience or Patience()
    budget = _Budget(time.monotonic() + deadline_s, patience)
    target = cleaned(url)
    if not target:
        raise FetchError(f"{_bounded(shown(url))} is no web address that podnotes can fetch: it takes http and https.")
    moved_to: str | None = None
    permanent = True
    current, current_trusted = target, trusted
    with _translated(lambda: current, deadline_s, patience):
        for _ in range(patience.redirects + 1):
            with _request(current, budget, trusted=current_trusted, headers=headers) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not location:
                    fields = {name.lower(): value for name, value in response.headers.items()}
                    _check_encoding(fields, current)
                    yield Stream(current, response.status_code, fields, moved_to, response.iter_bytes())
                    return
                permanent = permanent and response.status_code in _PERMANENT
            following = _redirected(current, location)
            if permanent:
                moved_to = following
            current_trusted = current_trusted and same_origin(following, target)
            current = following
    raise FetchError(
        f"{shown(target)} redirects in a circle (more than {patience.redirects} times): the address is out of order, "
        "ask the publisher for another."
    )


def _bounded(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "…"


def _check_encoding(headers: Mapping[str, str], url: str) -> None:
    for name in headers.get("content-encoding", "").lower().split(","):
        if name.strip() not in _DECODABLE:
            raise FetchError(
                f"{shown(url)} sent its answer packed as {name.strip()[:40]!r}, which podnotes can't unpack."
            )


def _redirected(current: str, location: str) -> str:
    following = joined(current, location)
    if not following:
        raise FetchError(
            f"{shown(current)} redirects to something that is no web address ({_bounded(shown(location))}), so "
            "podnotes doesn't follow it."
        )
    if "@" in urlsplit(following).netloc:
        # Credentials that a server hands out are not hers.
        following = without_credentials(following)
    own = urlsplit(current)
    if "@" in own.netloc and same_origin(following, current):
        parts = urlsplit(following)
        following = parts._replace(netloc=f"{own.netloc.rpartition('@')[0]}@{parts.netloc}").geturl()
    return following


@contextlib.contextmanager
def _request(
    url: str, budget: _Budget, *, trusted: bool, headers: Mapping[str, str] | None
) -> Generator[httpx2.Response]:
    parts = urlsplit(url)
    proxy = _proxy_for(url)
    if proxy is not None and not trusted:
        addresses_of(parts.hostname or "", parts.port or 0, private=False)
    patience = budget.patience
    timeout = httpx2.Timeout(patience.silence_s, connect=patience.connect_s)
    pair = _credentials(url)
    fields = {"User-Agent": USER_AGENT, **(headers or {})}
    with (
        httpx2.Client(
            transport=_Transport(budget, private=trusted, proxy=proxy), timeout=timeout, trust_env=False,
            follow_redirects=False, auth=httpx2.BasicAuth(*pair) if pair else None,
        ) as client,
        client.stream("GET", without_credentials(url), headers=fields) as response,
    ):  # fmt: skip
        yield response


@contextlib.contextmanager
def _translated(current: Callable[[], str], deadline_s: float, patience: Patience) -> Iterator[None]:
    """Turn everything that the client raises into a FetchError in one sentence."""
    try:
        yield
    except _LateError as error:
        raise FetchError(
            f"{shown(current())} took longer than {deadline_s:.0f} seconds, which is all it is given; try again later."
        ) from error
    except _SlowError as error:
        raise FetchError(
            f"{shown(current())} sends less than {patience.min_speed / 1024:.3g} KB a second, so podnotes hung up; "
            "try again later."
        ) from error
    except (httpcore2.ConnectTimeout, httpcore2.PoolTimeout) as error:
        raise FetchError(
            f"{shown(current())} can't be reached (no reply in {patience.connect_s:.0f} seconds)."
        ) from error
    except httpcore2.ConnectError as error:
        raise FetchError(f"{shown(current())} can't be reached ({_reason(error)}).") from error
    except httpcore2.ProxyError as error:
        raise FetchError(f"The proxy refuses to pass on {shown(current())}: check the proxy settings.") from error
    except httpcore2.ReadTimeout as error:
        raise ConnectionLostError(
            f"{shown(current())} fell silent for {patience.silence_s:.0f} seconds; try again later."
        ) from error
    except _LOSSES as error:
        raise ConnectionLostError(
            f"The connection to {shown(current())} was cut before everything had come."
        ) from error
    except httpx2.DecodingError as error:
        raise FetchError(f"{shown(current())} sent a packed answer that can't be unpacked.") from error
    except (httpx2.InvalidURL, httpx2.HTTPError, httpcore2.UnsupportedProtocol, httpcore2.LocalProtocolError) as error:
        raise FetchError(f"{shown(current())} can't be fetched: the address or the answer is malformed.") from error


class ConnectionLostError(FetchError):
    """The connection was lost on the way: another try may help."""


def _reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "it doesn't speak proper TLS"
        if isinstance(cause, ConnectionRefusedError):
            return "it refuses the connection"
        if isinstance(cause, socket.gaierror):
            return "no such host"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return str(error) or "no connection"


def fetch(
    url: str,
    *,
    trusted: bool,
    max_bytes: int,
    deadline_s: float,
    accept: str = "",
    headers: Mapping[str, str] | None = None,
    patience: Patience | None = None,
    on_start: Callable[[Stream, bytes], None] | None = None,
) -> Answer:
    """Fetch an address whole, politely and within bounds.

    Args:
        url: http(s) address; credentials in it go to its own server only.
        trusted: True when she typed the address herself: it may lead to a loopback or private address then.
        max_bytes: Largest body taken, counted after unpacking.
        deadline_s: Seconds for everything: look-up, redirects, further tries and their pauses, the body.
        accept: What to send as ``Accept``.
        headers: Further header fields, as for a conditional request.
        patience: Waits, tries and redirects allowed.
        on_start: Called with the answer's header and the first piece of its body; what it raises ends the request.

    Returns:
        The answer, its status 200 to 299 or 304.

    Raises:
        FetchError: In one sentence; ``status`` is the server's, or None when no answer came.
    """
    patience = patience or Patience()
    ends = time.monotonic() + deadline_s
    sent = {**({"Accept": accept} if accept else {}), **(headers or {})}
    for attempt in range(1, patience.tries + 1):
        left = max(0.001, ends - time.monotonic())
        pause = patience.pause_s * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the tries of many clients
        try:
            with open_stream(url, trusted=trusted, deadline_s=left, headers=sent, patience=patience) as stream:
                if stream.status == 304 or 200 <= stream.status < 300:
                    body = b"" if stream.status == 304 else _read(stream, max_bytes, on_start)
                    return Answer(stream.url, stream.status, stream.headers, body, stream.moved_to)
                wish = retry_after(stream.headers)
                failure = refusal(stream)
                if stream.status not in _PASSING:
                    raise failure
        except ConnectionLostError as error:
            failure, wish = error, None
        pause = max(pause, wish or 0.0)
        if attempt == patience.tries or time.monotonic() + pause >= ends:
            raise failure
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _read(stream: Stream, max_bytes: int, on_start: Callable[[Stream, bytes], None] | None) -> bytes:
    declared = stream.headers.get("content-length", "")
    too_large = declared.isdigit() and int(declared) > max_bytes
    if too_large and on_start is None:
        raise _too_large(stream.url, max_bytes)
    body = bytearray()
    for chunk in stream.chunks:
        if on_start is not None and not body:
            on_start(stream, chunk)
        if too_large:
            raise _too_large(stream.url, max_bytes)
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(stream.url, max_bytes)
    return bytes(body)


def _too_large(url: str, max_bytes: int) -> FetchError:
    return FetchError(f"{shown(url)} is larger than {size_text(max_bytes)}, the most that podnotes takes here.")


def size_text(size: float) -> str:
    """Return a size as people read it: ``"2 GB"``, ``"512 KB"``."""
    for unit in ("bytes", "KB", "MB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} GB"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait (RFC 9110, section 10.2.3), or None when it doesn't say."""
    wish = headers.get("retry-after", "").strip()
    if wish.isdigit():
        return min(float(wish), 1e9)
    try:
        moment = email.utils.parsedate_to_datetime(wish)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def refusal(stream: Stream) -> FetchError:
    """Say in one sentence why a status is no success.

    Args:
        stream: An answer with a status outside 200 to 299.
    """
    place, status = shown(stream.url), stream.status
    if status in {401, 403, 407}:
        text = (
            f"{place} asks for a name and password or refuses them (status {status}): check the address, that of a "
            "private feed is in your account with its publisher."
        )
    elif status == 404:
        text = (
            f"There is nothing at {place} (status 404): check the address, or look for a new one on the podcast's site."
        )
    elif status == 410:
        text = f"{place} is gone for good (status 410): the publisher has taken it down."
    elif status == 429:
        wish = retry_after(stream.headers)
        when = f"in {wish / 60:.0f} minutes" if wish and wish > 90 else "in a few minutes"
        text = f"{place} has been asked too often (status 429): try again {when}."
    elif status >= 500:
        text = f"{place} has a problem of its own (status {status}): try again later."
    else:
        text = f"{place} refuses (status {status})."
    return FetchError(text, status=status)
