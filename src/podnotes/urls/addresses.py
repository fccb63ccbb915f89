"""Web addresses: normalisation and same-origin checks."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

_SCHEMES = {"feed": "https", "itpc": "https", "pcast": "https", "podcast": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: The usual form of an address, which needs no cleaning.
_USUAL = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9/_.~%+=&?:,;!$()*@-]{0,1000}")
#: Longer addresses are useless and slow to process.
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
    """Tell whether an address is http or https, or uses a podcast scheme that stands for them."""
    scheme, separator, _ = url.strip().partition(":")
    return bool(separator) and scheme.lower() in {*_DEFAULT_PORTS, *_SCHEMES}


def cleaned(url: str) -> str:
    """Normalise an address for a request.

    White space is removed or encoded, ``feed:`` and ``itpc:`` become https, non-ASCII letters in the path are
    percent-encoded, and the fragment is dropped.

    Args:
        url: Address as typed or as found in a feed.

    Returns:
        The address, or "" if it isn't an http(s) address.
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
    """Resolve a link in a document and normalise it for a request.

    Args:
        base: Address of the document; its credentials are not passed on.
        link: Absolute or relative address.

    Returns:
        The absolute address, or "" if it isn't an http(s) address.
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
    """Return the scheme, host and port of an address (RFC 6454), or None if it lacks them."""
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

    Upgrading from ``http`` to ``https`` on the same host, both at their default ports, counts as the same server;
    downgrading doesn't, because it would send credentials unencrypted.

    Args:
        url: Target of the request.
        other: Address whose permissions the request would inherit; None never matches.
    """
    if other is None:
        return False
    mine, theirs = origin(url), origin(other)
    if mine is None or theirs is None:
        return False
    return mine == theirs or (mine[1] == theirs[1] and theirs[::2] == ("http", 80) and mine[::2] == ("https", 443))
