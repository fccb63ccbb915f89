"""The HTTP client: every request goes through :func:`open_stream`.

HTTP clients usually limit the time of each operation, so a server that sends one byte a second can keep a request open
forever. Here all waits are deducted from one time budget.
"""

from __future__ import annotations

import base64
import contextlib
import email.utils
import random
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
from podnotes.http.transport import Budget, LateError, pool_for, proxy_for
from podnotes.urls.addresses import cleaned, joined, same_origin, without_credentials
from podnotes.urls.credentials import credentials_for
from podnotes.urls.privacy import MaskedRepr, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

USER_AGENT = f"podnotes/{__version__} (podcast notes for one listener)"
#: Seconds allowed for connecting, and without receiving any data.
_CONNECT_S, _SILENCE_S = 15.0, 30.0
#: Maximum number of attempts, and seconds before the first retry, doubled before each further one.
_TRIES, _PAUSE_S = 4, 0.5
#: Statuses for which a retry may succeed.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: Seconds to look up a host name that only the proxy may be able to resolve.
_BEHIND_PROXY_S = 3.0
#: Maximum number of redirects; each tracking service in front of an address adds one.
_MOST_REDIRECTS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
#: Content codings that are decompressed. Servers also send values that are none ("none", "utf-8", "aws-chunked").
_UNPACKED = ("gzip", "deflate", "br")
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


@dataclass(slots=True, repr=False)
class Answer(MaskedRepr):
    """A server's response.

    Attributes:
        url: Final address after redirects, with the credentials that were sent.
        status: HTTP status.
        headers: Header fields, names in lower case.
        moved_to: Address to store from now on: the target of the permanent redirects (301, 308) at the start of the
            redirect chain, or None if there were none.
        private: True if the address belongs to a private feed; None if it is judged on its own.
        chunks: Iterator over the decoded body, which can be consumed once.
        body: The decoded body if it has been read (:func:`fetch`).
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    moved_to: str | None
    private: bool | None
    chunks: Iterator[bytes] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """The address, masked for messages."""
        return shown(self.url, private=self.private)


# ---------------------------------------------------------------------------------------------------- requests


@contextlib.contextmanager
def open_stream(
    url: str,
    *,
    trusted: bool,
    deadline_s: float,
    headers: Mapping[str, str] | None = None,
    private: bool = False,
) -> Generator[Answer]:
    """Open an address and yield the response before its body is read; redirects are checked and followed.

    The request isn't retried; see :func:`fetch` for retries. Statuses other than redirects are not treated as errors.

    Args:
        url: http(s) address.
        trusted: Whether the user typed the address; it may then be private, as may redirects within its server.
        deadline_s: Seconds for the whole request, including reading the body.
        headers: Further header fields.
        private: Whether the address belongs to a private feed (see ``Episode.private``), so that messages contain only
            its host.

    Yields:
        The response.

    Raises:
        FetchError: There is no response, or the body can't be read completely in time.
    """
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

    with _translated(name):
        for _ in range(_MOST_REDIRECTS + 1):
            with _request(current, budget, trusted=current_trusted, headers=headers, cookies=cookies) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not location:
                    fields = {name.lower(): value for name, value in response.headers.items()}
                    yield Answer(
                        current, response.status_code, fields, moved_to, private or None, response.iter_bytes()
                    )
                    return
                permanent = permanent and response.status_code in _PERMANENT
            following = _redirected(current, location, private=private)
            if permanent:
                moved_to = following
            current_trusted = current_trusted and same_origin(following, target)
            current = following
    raise FetchError(
        f"{shown(target, private=private or None)} redirects more than {_MOST_REDIRECTS} times in a row, so podnotes "
        "gave up: ask the publisher for another address."
    )


def is_packed(headers: Mapping[str, str]) -> bool:
    """Tell whether a body is sent compressed (RFC 9110, section 8.4), so that its length and ETag aren't the file's.

    Args:
        headers: Header fields of the response, names in lower case.
    """
    return any(name.strip() in _UNPACKED for name in headers.get("content-encoding", "").lower().split(","))


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
    timeout = httpx2.Timeout(_SILENCE_S, connect=_CONNECT_S)
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
def _translated(name: Callable[[], str]) -> Iterator[None]:
    """Turn any exception of the HTTP client into a FetchError with a one-sentence message."""
    try:
        yield
    except LateError as error:
        raise FetchError(f"{name()} took too long to answer; try again later.") from error
    except (httpcore2.ConnectTimeout, httpcore2.PoolTimeout) as error:
        raise FetchError(f"{name()} can't be reached (no reply in {_CONNECT_S:.0f} seconds).") from error
    except httpcore2.ConnectError as error:
        unverified = next((one for one in _causes(error) if isinstance(one, ssl.SSLCertVerificationError)), None)
        if unverified is not None:
            problem = unverified.verify_message.strip().rstrip(".")
            raise FetchError(
                f"{name()} can't be trusted: its TLS certificate could not be verified ({problem}). Check the "
                "address and this computer's date, or tell the publisher."
            ) from error
        raise FetchError(f"{name()} can't be reached ({_reason(error)}).") from error
    except httpcore2.ProxyError as error:
        raise FetchError(f"The proxy refused the request for {name()}: check the proxy settings.") from error
    except httpcore2.ReadTimeout as error:
        raise PassingError(f"{name()} sent no data for {_SILENCE_S:.0f} seconds; try again later.") from error
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

    def __init__(self, message: str, *, retry_after_s: float = 0.0, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.retry_after_s = retry_after_s


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return "TLS handshake failed"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return str(error) or "no connection"


def fetch(
    url: str,
    *,
    trusted: bool,
    max_bytes: int,
    deadline_s: float,
    accept: str = "",
    headers: Mapping[str, str] | None = None,
    on_start: Callable[[Answer, bytes], None] | None = None,
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
        on_start: Called with the response and the first bytes of its body; an exception it raises ends the request.
        private: As for :func:`open_stream`.

    Returns:
        The response, with status 200 to 299 or 304.

    Raises:
        FetchError: The fetch failed. The message is one sentence; ``status`` is the server's, or None without a
            response.
    """
    ends = time.monotonic() + deadline_s
    sent = {**({"Accept": accept} if accept else {}), **(headers or {})}
    for attempt in range(1, _TRIES + 1):
        left = max(0.001, ends - time.monotonic())
        pause = _PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the retries of many clients
        try:
            with open_stream(url, trusted=trusted, deadline_s=left, headers=sent, private=private) as answer:
                if 200 <= answer.status < 300:
                    answer.body = _read(answer, max_bytes, on_start)
                elif answer.status != 304:
                    raise refusal(answer)
                return answer
        except PassingError as error:
            if isinstance(error.__cause__, httpcore2.ReadTimeout):
                raise  # a server that was silent for so long is unlikely to answer a retry
            pause = max(pause, error.retry_after_s)
            if attempt == _TRIES or time.monotonic() + pause >= ends:
                raise
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _read(answer: Answer, max_bytes: int, on_start: Callable[[Answer, bytes], None] | None) -> bytes:
    declared = answer.headers.get("content-length", "")
    size = int(declared) if declared.isdecimal() else 0
    body = bytearray()
    for chunk in answer.chunks:
        if on_start is not None and not body:
            on_start(answer, chunk)
        body += chunk
        if max(size, len(body)) > max_bytes:
            raise FetchError(f"{answer.name} is larger than {size_text(max_bytes)}, the limit for this kind of file.")
    return bytes(body)


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


_REFUSALS = {
    401: "{} requires a user name and password, or rejects those given (status 401): check the address; a private "
    "feed's is in your account with its publisher.",
    403: "{} refuses access (status 403): its publisher blocks this address or programs like podnotes; try it in a "
    "browser, and download the file there if that works.",
    404: "There is nothing at {} (status 404): check the address, or look for a new one on the podcast's site.",
    410: "{} is gone for good (status 410): the publisher has taken it down.",
}


def refusal(answer: Answer) -> FetchError:
    """Describe an unsuccessful status in one sentence, as :class:`PassingError` if a retry may succeed.

    Args:
        answer: A response with a status outside 200 to 299.
    """
    status, wait_s = answer.status, _retry_after(answer.headers)
    if status == 429:
        when = f"in {wait_s / 60:.0f} minutes" if wait_s > 90 else "in a few minutes"
        text = f"{answer.name} got too many requests (status 429): try again {when}."
    elif status >= 500:
        text = f"{answer.name} has a server problem (status {status}): try again later."
    elif status in _REFUSALS:
        text = _REFUSALS[status].format(answer.name)
    else:
        text = f"{answer.name} refused the request (status {status})."
    if status in _PASSING:
        return PassingError(text, retry_after_s=wait_s, status=status)
    return FetchError(text, status=status)
