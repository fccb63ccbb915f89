"""Which hosts may be contacted, and at which numbers."""

from __future__ import annotations

import ipaddress
import os
import socket
from functools import partial
from typing import TYPE_CHECKING

from podnotes.errors import FetchError
from podnotes.interruption import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable

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
