"""Web addresses: normalisation, same-origin checks, and which hosts may be contacted."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from podnotes.errors import FetchError
from podnotes.interruption import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable

_SCHEMES = {"feed": "https", "itpc": "https", "pcast": "https", "podcast": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: An address as nearly all are: it needs no cleaning.
_USUAL = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9/_.~%+=&?:,;!$()*@-]{0,1000}")
#: Longer addresses are of no use to anyone and slow everything that handles them.
_LONGEST = 8192


def without_credentials(url: str) -> str:
    """Return the address without ``user:password@``."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def is_web(url: str) -> bool:
    """Tell whether this is an http or https address (or one of the podcast schemes that stand for them)."""
    scheme, separator, _ = url.strip().partition(":")
    return bool(separator) and scheme.lower() in {*_DEFAULT_PORTS, *_SCHEMES}


def cleaned(url: str) -> str:
    """Return an address as it can be requested.

    White space around and inside is removed or encoded, ``feed:`` and ``itpc:`` become https, letters beyond ASCII in
    the path are percent-encoded, the fragment is dropped.

    Args:
        url: An address as somebody typed it or a feed has it.

    Returns:
        The address, or "" when it is no http(s) address at all.
    """
    if _USUAL.fullmatch(url):
        return url
    url = re.sub(r"[\t\r\n\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", url.strip()).replace("\\", "%5C")
    scheme, separator, rest = url.partition(":")
    if not separator or len(url) > _LONGEST:
        return ""
    scheme = scheme.lower()
    if scheme in _SCHEMES:
        if is_web(rest):  # feed:https://…
            return cleaned(rest)
        scheme = _SCHEMES[scheme]
    if scheme not in _DEFAULT_PORTS or not rest.startswith("//"):
        return ""
    try:
        parts = urlsplit(f"{scheme}://{rest.lstrip('/')}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or re.search(r"[\s<>\"'`{}|^]", host):
        return ""
    try:
        name = host if ":" in host else host.encode("ascii").decode()
    except UnicodeEncodeError:
        name = _idna(host)
        if not name:
            return ""
    netloc = f"[{name}]" if ":" in name else name
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        netloc += f":{port}"
    credentials, at, _ = parts.netloc.rpartition("@")
    if at:
        netloc = quote(credentials, safe=":%!$&'()*+,;=~-._") + "@" + netloc
    path = quote(parts.path, safe="/%:@!$&()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&()*+,;=~-._?[]")
    return urlunsplit((scheme, netloc, path, query, ""))


def joined(base: str, link: str) -> str:
    """Return a link of a document as it can be requested.

    Args:
        base: Address of the document; its credentials are not handed on.
        link: Absolute or relative address.

    Returns:
        The absolute address, or "" when it is no http(s) address.
    """
    try:
        return cleaned(urljoin(without_credentials(base), link.strip()))
    except ValueError:
        return ""


def _idna(host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""


def origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address (RFC 6454), or None when it has none."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or scheme not in _DEFAULT_PORTS:
        return None
    return scheme, host.lower().rstrip("."), port or _DEFAULT_PORTS[scheme]


def same_origin(url: str, other: str | None) -> bool:
    """Tell whether two addresses belong to the same server.

    The step from ``http`` at its usual port to ``https`` at its usual port on one host counts as staying; the step
    back does not, because it would carry credentials over an open line.

    Args:
        url: Where a request is to go.
        other: Where its permission comes from; None gives none.
    """
    if other is None:
        return False
    mine, theirs = origin(url), origin(other)
    if mine is None or theirs is None:
        return False
    return mine == theirs or (mine[1] == theirs[1] and theirs[::2] == ("http", 80) and mine[::2] == ("https", 443))


#: What of IPv6 is given out to the public (RFC 4291, section 2.4); the rest is local, translated or not yet in use.
_UNICAST = ipaddress.IPv6Network("2000::/3")
#: IPv4 behind a translator (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: What Python counts as public in some versions and the registries of special addresses don't (RFC 6890, RFC 9637).
_RESERVED = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv6Network("3fff::/20"))


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet.

    Args:
        address: Numeric IPv4 or IPv6 address, with or without a zone.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        # Addresses that carry an IPv4 address inside lead to that one.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _RESERVED)


class UnknownHostError(FetchError):
    """There is no such host, as far as this computer knows."""


def _is_permitted(host: str, numbers: tuple[str, ...]) -> bool:
    """Tell whether ``PODNOTES_PRIVATE_HOSTS`` lists this host, or a network that contains all its addresses."""
    for entry in os.environ.get("PODNOTES_PRIVATE_HOSTS", "").lower().split(","):
        name = entry.strip()
        if name and name == host.lower().rstrip("."):
            return True
        try:
            network = ipaddress.ip_network(name, strict=False)
        except ValueError:
            continue
        if all(ipaddress.ip_address(number.partition("%")[0]) in network for number in numbers):
            return True
    return False


def addresses_of(host: str, port: int, *, private: bool, on_wait: Callable[[], object]) -> tuple[str, ...]:
    """Look up the numeric addresses of a host.

    Args:
        host: Name or number.
        port: Port that will be asked for.
        private: True when loopback, link-local and private addresses may be among them.
        on_wait: Called every half second while the system's resolver is waited for; gives it up by raising.

    Returns:
        Addresses in the order of the system's preference, at least one.

    Raises:
        UnknownHostError: When there is no such host.
        FetchError: When it is a private one that may not be asked.
    """
    try:
        # Interruptible, since the system's resolver can't be timed.
        found = interruptible(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM), on_wait, native=False)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(
            f"There is no host called {host}: check the address for typos, and that this computer is online."
        ) from error
    numbers = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private:
        private = _is_permitted(host, numbers)
    allowed = numbers if private else tuple(number for number in numbers if is_public(number))
    if not allowed:
        raise FetchError(
            f"{host} is on your local network, and a feed or redirect led there, not you, "
            "so podnotes didn't connect; give that address yourself if it is correct."
        )
    return allowed


def size_text(size: float) -> str:
    """Return a size as people read it: ``"2 GB"``, ``"512 KB"``."""
    for unit in ("bytes", "KB", "MB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} GB"
