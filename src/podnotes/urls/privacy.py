"""Detection of private feeds, those for one subscriber only, and masking of their addresses.

Audio addresses of public feeds often look like secrets (``HSW8286374095``, ``5Yq3kZ0vT2xW8rB1nM4c.mp3``), so they prove
nothing. A feed is private if it requires a user name and password, or if its own address contains a secret; every
address in a private feed then counts as specific to the subscriber.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from podnotes.audio_types import TYPES, extension_of
from podnotes.urls.addresses import is_web
from podnotes.urls.credentials import credentials_for

#: Words in the names of query parameters that carry a secret ("auth", "access_token", "X-Amz-Signature").
_SECRET_WORDS = frozenset(
    ("auth", "token", "secret", "password", "passwd", "pwd", "apikey", "signature", "credential", "jwt", "private")
)
#: Full names of further such parameters; "country_code" and "episode_key" carry no secret.
_SECRET_NAMES = frozenset(("key", "api_key", "api-key", "sig", "pass", "sid", "hash", "code", "uuid"))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
#: Names of parameters whose values look like tokens but are public ("channel_id=UC_x5XG1OV2P6u…").
_IDENTIFIER = re.compile(r"(?:.*[_-])?id|list", re.IGNORECASE)
#: A JSON Web Token (RFC 7519); it starts with "{" in Base64.
_JWT = re.compile(r"eyJ[\w-]{10,}(?:\.[\w.-]*)?={0,2}")
#: A token mixes upper-case letters, lower-case letters and digits …
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9_-]{20,}={0,2}")
#: … in shorter runs than words, CamelCase or not.
_LONGEST_RUN = 3.0
#: Path segments that publishers use for their subscribers' area …
_RESERVED = re.compile(r"private|premium|members?|subscribers?|patrons?|access", re.IGNORECASE)
#: … followed by the subscriber's id: a UUID, hex digits, or mixed letters and digits.
_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9-]{16,}")
#: A password that isn't percent-encoded, so that a "/" or "?" in it seems to end the host.
_STRAY_PASSWORD = re.compile(r"(?:[^/?#@]*[?#]|.*?:(?!\d{1,5}[/?#])).*@", re.DOTALL)
#: An address within text.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"'“”]+", re.IGNORECASE)
_LONGEST_SHOWN = 300


def is_private(url: str | None) -> bool:
    """Tell whether a feed is for one subscriber only, so that none of its addresses may be published.

    Args:
        url: Address of the feed, or None for a file.

    Returns:
        True if the feed requires credentials (in its address, or remembered for its server) or its address
        :func:`has_secrets`.
    """
    if not url or not is_web(url):
        return False
    return has_secrets(url) or credentials_for(url) is not None


def has_secrets(url: str) -> bool:
    """Tell whether the address of a feed contains a secret.

    Args:
        url: An http(s) address.

    Returns:
        True if there is a user name or password before the host, a query parameter named like a secret, or a token or
        subscriber's id in the path. The path of an audio file is ignored, since nearly all of them look like tokens.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    return "@" in parts.netloc or _masked_path(url) != parts.path or _masked_query(parts.query) != parts.query


def shown(url: str, *, private: bool | None = None) -> str:
    """Mask the secrets in an address for display.

    Args:
        url: Any address or path; a local path is returned unchanged.
        private: Whether the address belongs to a private feed; if None, it is judged on its own, like a feed's address.

    Returns:
        The address with ``***`` in place of a user name and password. If ``private`` is None, secrets in the path and
        query are masked as well; if it is True, everything after the host.
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
    """Mask the secrets in all addresses in a text, as :func:`shown` does.

    Args:
        text: Any text; text without addresses is returned unchanged.
        private: As for :func:`shown`.
    """
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: shown(found[0], private=private), text)


class MaskedRepr:
    """Mixin that masks addresses in the ``repr`` of a dataclass declared with ``repr=False``.

    If the class has an attribute ``private``, it states whether the addresses belong to a private feed; otherwise each
    address is judged on its own, like a feed's address.
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
