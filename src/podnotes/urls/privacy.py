"""Private feeds: which feeds are for one subscriber only, and how their addresses are masked.

Audio addresses of public feeds look like secrets as often as not (``HSW8286374095``, ``5Yq3kZ0vT2xW8rB1nM4c.mp3``),
so nothing is told from their looks. A feed is private when it needs a name and password, or when its own address has a
secret in it; all addresses in a private feed are then one subscriber's own.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from podnotes.audio_types import TYPES, extension_of
from podnotes.urls.addresses import is_web
from podnotes.urls.credentials import credentials_for

#: Words in the name of a query parameter that carries a secret ("auth", "access_token", "X-Amz-Signature").
_SECRET_WORDS = frozenset(
    ("auth", "token", "secret", "password", "passwd", "pwd", "apikey", "signature", "credential", "jwt", "private")
)
#: Whole names of such parameters; "country_code" and "episode_key" carry none.
_SECRET_NAMES = frozenset(("key", "api_key", "api-key", "sig", "pass", "sid", "hash", "code", "uuid"))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
#: Names of parameters whose values are long and mixed, and known to everybody ("channel_id=UC_x5XG1OV2P6u…").
_IDENTIFIER = re.compile(r"(?:.*[_-])?id|list", re.IGNORECASE)
#: A JSON Web Token (RFC 7519), which begins with "{" in Base64.
_JWT = re.compile(r"eyJ[\w-]{10,}(?:\.[\w.-]*)?={0,2}")
#: A token has capitals, small letters and digits …
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9_-]{20,}={0,2}")
#: … in shorter runs than the words of people, in CamelCase or not.
_LONGEST_RUN = 3.0
#: What publishers call the part of their site that is for subscribers …
_RESERVED = re.compile(r"private|premium|members?|subscribers?|patrons?|access", re.IGNORECASE)
#: … where a number for each of them follows: a UUID, hexadecimal digits, or letters and digits mixed.
_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9-]{16,}")
#: A password that isn't encoded as it should be, so that its "/" or "?" seems to end the host.
_STRAY_PASSWORD = re.compile(r"(?:[^/?#@]*[?#]|.*?:(?!\d{1,5}[/?#])).*@", re.DOTALL)
#: An address within a text.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"'“”]+", re.IGNORECASE)
_LONGEST_SHOWN = 300


def is_private(url: str | None) -> bool:
    """Tell whether a feed is for one subscriber only, so that no address in it may stand in anything published.

    Args:
        url: Address of the feed, or None for a file.

    Returns:
        True when it needs a name and password (its own, or known for its server), or when it :func:`has_secrets`.
    """
    if not url or not is_web(url):
        return False
    return has_secrets(url) or credentials_for(url) is not None


def has_secrets(url: str) -> bool:
    """Tell whether the address of a feed has a secret in it.

    Args:
        url: An http(s) address.

    Returns:
        True with a name or password before the host, with a query parameter that is called like a secret, and with a
        token or a subscriber's number in the path. In the address of an audio file the path counts for nothing, since
        nearly all of them look like tokens.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return "@" in parts.netloc or _masked_path(url) != parts.path or _masked_query(parts.query) != parts.query


def shown(url: str, *, private: bool | None = None) -> str:
    """Return an address fit to be printed.

    Args:
        url: Any address or path; a local path comes back unchanged.
        private: Whether it is one of a private feed; None where that isn't known, so that it is judged by itself, as
            the address of a feed is.

    Returns:
        The address with ``***`` for a name and password before the host. Of an address that is judged by itself, also
        for secrets in the path and the query; of one of a private feed, for all that follows the host.
    """
    scheme, separator, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if separator and rest.rfind("@") >= len(authority) and _STRAY_PASSWORD.match(rest):
        return shown(f"{scheme}://***@{rest.rpartition('@')[2]}", private=private)
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "***" if "@" in url or "?" in url else url[:200]
    if not separator and not is_web(url):
        return url
    netloc = f"***@{host}" if "@" in parts.netloc else host
    path, query = parts.path, parts.query
    if private:
        path, query = ("/***" if path.strip("/") or query else path), ""
    elif private is None:
        path, query = _masked_path(url), _masked_query(query)
    address = urlunsplit((parts.scheme, netloc, path, query, ""))
    return address if len(address) <= _LONGEST_SHOWN else address[: _LONGEST_SHOWN - 1] + "…"


def masked_in(text: str, *, private: bool | None = None) -> str:
    """Return a text with each address in it as :func:`shown` gives it.

    Args:
        text: Any text; without an address it comes back as it is.
        private: As for :func:`shown`.
    """
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: shown(found[0], private=private), text)


class MaskedRepr:
    """Gives a dataclass that is declared with ``repr=False`` a representation with masked addresses.

    Where it has an attribute ``private``, that says whether its addresses are those of a private feed; else each is
    judged by itself, as the address of a feed.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        assert is_dataclass(self)
        values = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
        return masked_in(f"{type(self).__qualname__}({', '.join(values)})", private=getattr(self, "private", None))


def _masked_path(url: str) -> str:
    parts = urlsplit(url)
    if extension_of(url) in TYPES and "@" not in parts.netloc:
        return parts.path
    pieces = [piece.rpartition(".") for piece in parts.path.split("/")]
    names = [stem if dot and len(ending) <= 5 else f"{stem}{dot}{ending}" for stem, dot, ending in pieces]
    reserved = any(map(_RESERVED.fullmatch, [*names, *parts.netloc.split(".")[:-2]]))
    return "/".join(
        piece.replace(name, "***", 1) if _is_token(name) or (reserved and _NUMBER.fullmatch(name)) else piece
        for piece, name in zip(parts.path.split("/"), names, strict=True)
    )


def _masked_query(query: str) -> str:
    return "&".join(map(_masked_parameter, query.split("&")))


def _masked_parameter(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    secret = name.lower() in _SECRET_NAMES or any(word.lower() in _SECRET_WORDS for word in _WORD.findall(name))
    if value and (secret or (_is_token(unquote(value)) and not _IDENTIFIER.fullmatch(name))):
        return f"{name}{equals}***"
    return f"***{equals}{value}" if _is_token(unquote(name)) else parameter


def _is_token(piece: str) -> bool:
    if _JWT.fullmatch(piece):
        return True
    return bool(_MIXED.fullmatch(piece)) and len(piece) < _LONGEST_RUN * len(_WORD.findall(piece))
