"""The HTTP client: every request goes through :func:`open_stream`.

HTTP clients usually limit the time of each operation, so a server that sends one byte a second can keep a request open
forever. Here all waits are deducted from one time budget.
"""

from __future__ import annotations

import base64
import contextlib
import email.utils
import random
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore2
import httpx2

from podnotes import __version__
from podnotes.errors import FetchError
from podnotes.files import size_text
from podnotes.http.resolver import UnknownHostError, addresses_of
from podnotes.http.transport import Budget, LateError, RetryPolicy, pool_for, proxy_for
from podnotes.urls.addresses import (
    cleaned,
    joined,
    same_origin,
    without_credentials,
)
from podnotes.urls.credentials import credentials_for
from podnotes.urls.privacy import MaskedRepr, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

USER_AGENT = f"podnotes/{__version__} (podcast notes for one listener)"
#: Statuses for which a retry may succeed.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Seconds to look up a host name that only the proxy may be able to resolve.
_BEHIND_PROXY_S = 3.0
#: Maximum number of redirects; each tracking service in front of an address adds one.
_MOST_REDIRECTS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
#: Content codings that can be decompressed.
_UNPACKED = ("gzip", "deflate", "br")
#: Content codings that can't (https://www.iana.org/assignments/http-parameters). Any other value that servers send
#: ("none", "utf-8", "aws-chunked", "binary") is no content coding, and the body is uncompressed.
_PACKED = frozenset(("aes128gcm", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "x-gzip", "zstd"))
#: Connection failures for which a retry may succeed; unknown hosts and refused connections aren't among them.
_LOSSES = (
    httpcore2.ReadError,
    httpcore2.RemoteProtocolError,
    httpcore2.WriteError,
    httpcore2.ReadTimeout,
    httpcore2.WriteTimeout,
)


#: Base classes of all other exceptions that the client may raise.
_OTHERS = (
    httpx2.HTTPError, httpx2.InvalidURL, httpx2.CookieConflict, httpx2.StreamError,
    httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Answer(MaskedRepr):
    """A server's response.

    Attributes:
        url: Final address after redirects, with the credentials that were sent.
        status: HTTP status: 200 to 299, or 304 for a conditional request.
        headers: Header fields, names in lower case.
        body: The decoded body.
        moved_to: Address to store from now on: the target of the permanent redirects (301, 308) at the start of the
            redirect chain, or None if there were none.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    moved_to: str | None = None


@dataclass(slots=True, repr=False)
class Stream(MaskedRepr):
    """A response whose body has not been read yet.

    Attributes:
        url: Final address after redirects.
        status: HTTP status.
        headers: Header fields, names in lower case.
        moved_to: As in :class:`Answer`.
        chunks: Iterator over the decoded body; can be consumed once.
        detour: Whether a temporary redirect was followed.
        private: As for :func:`open_stream`.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    moved_to: str | None
    chunks: Iterator[bytes]
    detour: bool = False
    private: bool = False

    @property
    def name(self) -> str:
        """The address, masked for messages."""
        return shown(self.url, private=self.private or None)


# ---------------------------------------------------------------------------------------------------- requests


def trusts(url: str, feed_url: str | None) -> bool:
    """Tell whether a link in a feed may lead to a private address because the feed's own address may.

    A feed can only have been read from a loopback or private address if the user typed that address. The feed's links
    to the same server (scheme, host and port) are then trusted as well; all others aren't.

    Args:
        url: Link in the feed.
        feed_url: Address the feed was read from (``Episode.feed_url``), or None.

    Returns:
        The value for the argument ``trusted`` of :func:`fetch`.
    """
    return same_origin(url, feed_url)


@contextlib.contextmanager
def open_stream(
    url: str,
    *,
    trusted: bool,
    deadline_s: float,
    headers: Mapping[str, str] | None = None,
    patience: RetryPolicy | None = None,
    private: bool = False,
) -> Generator[Stream]:
    """Open an address and yield the response before its body is read; redirects are checked and followed.

    The request isn't retried; see :func:`fetch` for retries. Statuses other than redirects are not treated as errors.

    Args:
        url: http(s) address.
        trusted: Whether the user typed the address; it may then be private, as may redirects within its server.
        deadline_s: Seconds for the whole request, including reading the body.
        headers: Further header fields.
        patience: Timeouts.
        private: Whether the address belongs to a private feed (see ``Episode.private``), so that messages contain only
            its host.

    Yields:
        The response.

    Raises:
        FetchError: There is no response, or the body can't be read completely in time.
    """
    patience = patience or RetryPolicy()
    budget = Budget(time.monotonic() + deadline_s)
    target = cleaned(url)
    if not target:
        raise FetchError(f"{shown(url)} isn't a web address podnotes can fetch: use http or https.")
    moved_to: str | None = None
    permanent = True
    current, current_trusted = target, trusted
    cookies = httpx2.Cookies()  # without their cookies, some servers redirect in a circle

    def name() -> str:
        return shown(current, private=private or None)

    with _translated(name, patience):
        for _ in range(_MOST_REDIRECTS + 1):
            with _request(
                current, budget, patience, trusted=current_trusted, headers=headers, cookies=cookies
            ) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not location:
                    fields = {name.lower(): value for name, value in response.headers.items()}
                    _check_encoding(fields, name())
                    yield Stream(
                        current, response.status_code, fields, moved_to, response.iter_bytes(), not permanent, private
                    )
                    return
                permanent = permanent and response.status_code in _PERMANENT
            following = _redirected(current, location, private=private)
            if permanent:
                moved_to = following
            current_trusted = current_trusted and same_origin(following, target)
            current = following
    place = shown(target, private=private or None)
    raise FetchError(
        f"{place} redirects more than {_MOST_REDIRECTS} times in a row, so podnotes gave up: ask the publisher for "
        "another address."
    )


def is_packed(headers: Mapping[str, str]) -> bool:
    """Tell whether a body is sent compressed (RFC 9110, section 8.4), so that its length and ETag aren't the file's.

    Args:
        headers: Header fields of the response, names in lower case.
    """
    return any(name in _PACKED or name in _UNPACKED for name in _encodings(headers))


def _encodings(headers: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in headers.get("content-encoding", "").lower().split(",")]


def _check_encoding(headers: Mapping[str, str], name: str) -> None:
    for encoding in _encodings(headers):
        if encoding in _PACKED:  # it would be passed on compressed, which no caller can read
            raise FetchError(f"{name} sent a response compressed as {encoding!r}, which podnotes can't decompress.")


def _redirected(current: str, location: str, *, private: bool) -> str:
    following = joined(current, location)
    if not following:
        raise FetchError(
            f"{shown(current, private=private or None)} redirects to something that isn't a "
            f"web address ({shown(location, private=private or None)}), so podnotes didn't follow it."
        )
    if "@" in urlsplit(following).netloc:
        # Credentials supplied by a server aren't the user's.
        following = without_credentials(following)
    own = urlsplit(current)
    if "@" in own.netloc and same_origin(following, current):
        parts = urlsplit(following)
        following = parts._replace(netloc=f"{own.netloc.rpartition('@')[0]}@{parts.netloc}").geturl()
    return following


@contextlib.contextmanager
def _request(
    url: str,
    budget: Budget,
    patience: RetryPolicy,
    *,
    trusted: bool,
    headers: Mapping[str, str] | None,
    cookies: httpx2.Cookies,
) -> Generator[httpx2.Response]:
    parts = urlsplit(url)
    proxy = proxy_for(url)
    if proxy is not None and not trusted:
        # Behind a proxy, external host names may be resolvable only by the proxy.
        look_up = Budget(time.monotonic() + budget.wait(_BEHIND_PROXY_S))
        with contextlib.suppress(UnknownHostError, LateError):
            addresses_of(parts.hostname or "", parts.port or 0, private=False, on_wait=look_up.wait)
    timeout = httpx2.Timeout(patience.silence_s, connect=patience.connect_s)
    # A validator with non-ASCII characters can't be sent back; the server then returns the whole document.
    stripped = {name: value.strip() for name, value in (headers or {}).items()}
    sendable = {name: value for name, value in stripped.items() if value and value.isascii() and value.isprintable()}
    fields = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": ", ".join(_UNPACKED), **sendable}
    pair = credentials_for(url)
    if pair is not None:
        fields["Authorization"] = f"Basic {base64.b64encode(':'.join(pair).encode()).decode()}"
    # httpx's own client isn't used because it logs full addresses.
    request = httpx2.Request(
        "GET", without_credentials(url), headers=fields, cookies=cookies, extensions={"timeout": timeout.as_dict()}
    )
    with (
        pool_for(budget, private=trusted, proxy=proxy) as pool,
        pool.stream("GET", str(request.url), headers=request.headers.raw, extensions=request.extensions) as answer,
    ):
        response = httpx2.Response(answer.status, headers=answer.headers, content=answer.iter_stream(), request=request)
        cookies.extract_cookies(response)
        yield response


@contextlib.contextmanager
def _translated(name: Callable[[], str], patience: RetryPolicy) -> Iterator[None]:
    """Turn any exception of the HTTP client into a FetchError with a one-sentence message."""
    try:
        yield
    except LateError as error:
        raise FetchError(f"{name()} took too long to answer; try again later.") from error
    except (httpcore2.ConnectTimeout, httpcore2.PoolTimeout) as error:
        raise FetchError(f"{name()} can't be reached (no reply in {patience.connect_s:.0f} seconds).") from error
    except httpcore2.ConnectError as error:
        problem = _certificate_problem(error)
        if problem:
            raise FetchError(
                f"{name()} can't be trusted: its TLS certificate could not be verified ({problem}). Check the "
                "address and this computer's date, or tell the publisher."
            ) from error
        raise FetchError(f"{name()} can't be reached ({_reason(error)}).") from error
    except httpcore2.ProxyError as error:
        raise FetchError(f"The proxy refused the request for {name()}: check the proxy settings.") from error
    except httpcore2.ReadTimeout as error:
        raise PassingError(f"{name()} sent no data for {patience.silence_s:.0f} seconds; try again later.") from error
    except _LOSSES as error:
        raise PassingError(f"The connection to {name()} was cut off before the download was complete.") from error
    except httpx2.DecodingError as error:
        raise FetchError(f"{name()} sent a compressed response that can't be decompressed.") from error
    except _OTHERS as error:
        raise FetchError(f"{name()} can't be fetched: the address or the response is malformed.") from error


class PassingError(FetchError):
    """A failure for which a retry may succeed: the connection was lost, or the server is busy.

    Attributes:
        retry_after_s: Seconds that the server asks clients to wait.
    """

    def __init__(
        self, message: str, *, retry_after_s: float = 0.0, status: int | None = None, detour: bool = False
    ) -> None:
        super().__init__(message, status=status, detour=detour)
        self.retry_after_s = retry_after_s


def _certificate_problem(error: BaseException) -> str:
    """Describe the problem with a server's certificate; "" if the certificate isn't the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message.strip().rstrip(".")
        cause = cause.__cause__ or cause.__context__
    return ""


def _reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "TLS handshake failed"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, socket.gaierror):
            return "host not found"
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
    patience: RetryPolicy | None = None,
    on_start: Callable[[Stream, bytes], None] | None = None,
    private: bool = False,
) -> Answer:
    """Fetch an address completely, with retries and within limits.

    Args:
        url: http(s) address; credentials in it are sent to its own server only.
        trusted: Whether the user typed the address; it may then lead to a loopback or private address.
        max_bytes: Maximum size of the body after decompression.
        deadline_s: Seconds for the whole fetch: look-up, redirects, retries and their pauses, and the body.
        accept: Value of the ``Accept`` header.
        headers: Further header fields, for instance of a conditional request.
        patience: Timeouts and retries.
        on_start: Called with the response and the first bytes of its body; an exception it raises ends the request.
        private: As for :func:`open_stream`.

    Returns:
        The response, with status 200 to 299 or 304.

    Raises:
        FetchError: The fetch failed. The message is one sentence; ``status`` is the server's, or None without a
            response.
    """
    patience = patience or RetryPolicy()
    ends = time.monotonic() + deadline_s
    sent = {**({"Accept": accept} if accept else {}), **(headers or {})}
    for attempt in range(1, patience.tries + 1):
        left = max(0.001, ends - time.monotonic())
        pause = patience.pause_s * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the retries of many clients
        try:
            with open_stream(
                url, trusted=trusted, deadline_s=left, headers=sent, patience=patience, private=private
            ) as stream:
                if stream.status == 304 or 200 <= stream.status < 300:
                    body = b"" if stream.status == 304 else _read(stream, max_bytes, on_start)
                    return Answer(stream.url, stream.status, stream.headers, body, stream.moved_to)
                raise refusal(stream)
        except PassingError as error:
            if isinstance(error.__cause__, httpcore2.ReadTimeout):
                raise  # a server that was silent for so long is unlikely to answer a retry
            pause = max(pause, error.retry_after_s)
            if attempt == patience.tries or time.monotonic() + pause >= ends:
                raise
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _read(stream: Stream, max_bytes: int, on_start: Callable[[Stream, bytes], None] | None) -> bytes:
    declared = stream.headers.get("content-length", "")
    too_large = declared.isdigit() and int(declared) > max_bytes
    if too_large and on_start is None:
        raise _too_large(stream, max_bytes)
    body = bytearray()
    for chunk in stream.chunks:
        if on_start is not None and not body:
            on_start(stream, chunk)
        if too_large:
            raise _too_large(stream, max_bytes)
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(stream, max_bytes)
    return bytes(body)


def _too_large(stream: Stream, max_bytes: int) -> FetchError:
    return FetchError(f"{stream.name} is larger than {size_text(max_bytes)}, the limit for this kind of file.")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that a server asks clients to wait (RFC 9110, section 10.2.3); 0 if it doesn't say."""
    wish = headers.get("retry-after", "").strip()
    if wish.isdigit():
        return min(float(wish), 1e9)
    try:
        moment = email.utils.parsedate_to_datetime(wish)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def refusal(stream: Stream) -> FetchError:
    """Describe an unsuccessful status in one sentence, as :class:`PassingError` if a retry may succeed.

    Args:
        stream: A response with a status outside 200 to 299.
    """
    place, status, wait_s = stream.name, stream.status, _retry_after(stream.headers)
    if status in {401, 407}:
        text = (
            f"{place} requires a user name and password, or rejects those given (status {status}): check the address; "
            "a private feed's is in your account with its publisher."
        )
    elif status == 403:
        text = (
            f"{place} refuses access (status 403): its publisher blocks this address or programs like podnotes; "
            "try it in a browser, and download the file there if that works."
        )
    elif status == 404:
        text = (
            f"There is nothing at {place} (status 404): check the address, or look for a new one on the podcast's site."
        )
    elif status == 410:
        text = f"{place} is gone for good (status 410): the publisher has taken it down."
    elif status == 429:
        when = f"in {wait_s / 60:.0f} minutes" if wait_s > 90 else "in a few minutes"
        text = f"{place} got too many requests (status 429): try again {when}."
    elif status >= 500:
        text = f"{place} has a server problem (status {status}): try again later."
    else:
        text = f"{place} refused the request (status {status})."
    if status in _PASSING:
        return PassingError(text, retry_after_s=wait_s, status=status, detour=stream.detour)
    return FetchError(text, status=status, detour=stream.detour)
