"""The one HTTP client: every request of podnotes goes through :func:`open_stream`.

What a client usually promises is an operation's timeout; a server that drips a byte a second outlives it for ever.
Here every wait is taken from one budget of time.
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
#: Statuses that a later try may turn into an answer.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Seconds for looking up a name that perhaps the proxy alone knows.
_BEHIND_PROXY_S = 3.0
#: Redirects followed at most; each tracking service in front of an address is one.
_MOST_REDIRECTS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
#: Packings that can be unpacked.
_UNPACKED = ("gzip", "deflate", "br")
#: Those that can't be (https://www.iana.org/assignments/http-parameters, content codings). Any other word that a server
#: has there ("none", "utf-8", "aws-chunked", "binary") is no packing, and what comes with it is plain.
_PACKED = frozenset(("aes128gcm", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "x-gzip", "zstd"))
#: Connection failures that a later try may cure; no such host and "refused" are not among them.
_LOSSES = (
    httpcore2.ReadError,
    httpcore2.RemoteProtocolError,
    httpcore2.WriteError,
    httpcore2.ReadTimeout,
    httpcore2.WriteTimeout,
)


#: What else the client may raise, each the root of a family.
_OTHERS = (
    httpx2.HTTPError, httpx2.InvalidURL, httpx2.CookieConflict, httpx2.StreamError,
    httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Answer(MaskedRepr):
    """A server's response.

    Attributes:
        url: Address that answered in the end, with the credentials it was asked with.
        status: HTTP status; 200, or 304 for a conditional request.
        headers: Header fields, names in lower case.
        body: The decoded body.
        moved_to: Address to remember from now on: where the permanent redirects (301, 308) at the start of the way led,
            or None when there were none.
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
        url: Address that answers.
        status: HTTP status.
        headers: Header fields, names in lower case.
        moved_to: As in :class:`Answer`.
        chunks: The decoded body in pieces; may be read once.
        detour: Whether a temporary redirect led here.
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
        """Its address as it may stand in a message."""
        return shown(self.url, private=self.private or None)


# ---------------------------------------------------------------------------------------------------- requests


def trusts(url: str, feed_url: str | None) -> bool:
    """Tell whether a link in a feed may lead to a private address because its feed does.

    A feed can only have been read from a loopback or private address if the user typed it. Its links to the same server
    (scheme, host and port) are then trusted too; all others are not.

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
    patience: RetryPolicy | None = None,
    private: bool = False,
) -> Generator[Stream]:
    """Open an address and hand over the answer before its body is read; redirects are followed and checked.

    One try, no repetition: see :func:`fetch` for that. Statuses other than redirects are handed over as they are.

    Args:
        url: http(s) address.
        trusted: True if the user typed it; it may then be a private address, as may redirects within its server.
        deadline_s: Seconds for everything together, reading the body included.
        headers: Further header fields.
        patience: Waits allowed.
        private: Whether it is one of a private feed, as ``Episode.private`` says, so that messages name no more than
            the host.

    Yields:
        The answer.

    Raises:
        FetchError: When no answer comes, or the reading of the body ends early or late.
    """
    patience = patience or RetryPolicy()
    budget = Budget(time.monotonic() + deadline_s)
    target = cleaned(url)
    if not target:
        raise FetchError(f"{shown(url)} isn't a web address podnotes can fetch: use http or https.")
    moved_to: str | None = None
    permanent = True
    current, current_trusted = target, trusted
    cookies = httpx2.Cookies()  # some servers redirect in a circle whoever doesn't carry theirs along

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
    """Tell whether a body travels packed (RFC 9110, section 8.4), so that its length and tag are not the file's.

    Args:
        headers: Header fields of the answer, names in lower case.
    """
    return any(name in _PACKED or name in _UNPACKED for name in _encodings(headers))


def _encodings(headers: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in headers.get("content-encoding", "").lower().split(",")]


def _check_encoding(headers: Mapping[str, str], name: str) -> None:
    for encoding in _encodings(headers):
        if encoding in _PACKED:  # it would be handed over as it is, which is noise to whoever reads on
            raise FetchError(f"{name} sent a response compressed as {encoding!r}, which podnotes can't decompress.")


def _redirected(current: str, location: str, *, private: bool) -> str:
    following = joined(current, location)
    if not following:
        raise FetchError(
            f"{shown(current, private=private or None)} redirects to something that isn't a "
            f"web address ({shown(location, private=private or None)}), so podnotes didn't follow it."
        )
    if "@" in urlsplit(following).netloc:
        # Credentials handed out by a server aren't the user's.
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
        # Behind a proxy only the proxy may know the names of the outside.
        look_up = Budget(time.monotonic() + budget.wait(_BEHIND_PROXY_S))
        with contextlib.suppress(UnknownHostError, LateError):
            addresses_of(parts.hostname or "", parts.port or 0, private=False, on_wait=look_up.wait)
    timeout = httpx2.Timeout(patience.silence_s, connect=patience.connect_s)
    # A validator that a server made up of other letters can't be sent back; the answer then comes whole.
    stripped = {name: value.strip() for name, value in (headers or {}).items()}
    sendable = {name: value for name, value in stripped.items() if value and value.isascii() and value.isprintable()}
    fields = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": ", ".join(_UNPACKED), **sendable}
    pair = credentials_for(url)
    if pair is not None:
        fields["Authorization"] = f"Basic {base64.b64encode(':'.join(pair).encode()).decode()}"
    # Without httpx's client, which writes whole addresses into the log.
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
    """A later try may help: the connection was lost on the way, or the server is busy.

    Attributes:
        retry_after_s: Seconds that the server asks to wait.
    """

    def __init__(
        self, message: str, *, retry_after_s: float = 0.0, status: int | None = None, detour: bool = False
    ) -> None:
        super().__init__(message, status=status, detour=detour)
        self.retry_after_s = retry_after_s


def _certificate_problem(error: BaseException) -> str:
    """Say what is wrong with a server's certificate, "" when it is something else that failed."""
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
    """Fetch an address whole, politely and within bounds.

    Args:
        url: http(s) address; credentials in it go to its own server only.
        trusted: True if the user typed the address; it may then lead to a loopback or private address.
        max_bytes: Largest body taken, counted after unpacking.
        deadline_s: Seconds for everything: look-up, redirects, further tries and their pauses, the body.
        accept: What to send as ``Accept``.
        headers: Further header fields, as for a conditional request.
        patience: Waits and tries allowed.
        on_start: Called with the answer's header and the first piece of its body; what it raises ends the request.
        private: As for :func:`open_stream`.

    Returns:
        The answer, its status 200 to 299 or 304.

    Raises:
        FetchError: In one sentence; ``status`` is the server's, or None when no answer came.
    """
    patience = patience or RetryPolicy()
    ends = time.monotonic() + deadline_s
    sent = {**({"Accept": accept} if accept else {}), **(headers or {})}
    for attempt in range(1, patience.tries + 1):
        left = max(0.001, ends - time.monotonic())
        pause = patience.pause_s * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the tries of many clients
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
                raise  # who was silent for so long will be silent again
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
    """Return the seconds that a server asks to wait (RFC 9110, section 10.2.3), 0 when it doesn't say."""
    wish = headers.get("retry-after", "").strip()
    if wish.isdigit():
        return min(float(wish), 1e9)
    try:
        moment = email.utils.parsedate_to_datetime(wish)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def refusal(stream: Stream) -> FetchError:
    """Say in one sentence why a status is no success; a :class:`PassingError` where a later try may help.

    Args:
        stream: An answer with a status outside 200 to 299.
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
