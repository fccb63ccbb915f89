"""Look-up of hosts, and the addresses that may be contacted."""

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

#: Public part of IPv6 (RFC 4291, section 2.4); the rest is local, translated or not yet assigned.
_UNICAST = ipaddress.IPv6Network("2000::/3")
#: Networks that some Python versions treat as public but the special-purpose registries don't (RFC 6890, RFC 9637).
_RESERVED = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv6Network("3fff::/20"))


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet.

    Args:
        address: Numeric IPv4 or IPv6 address, with or without a zone.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip not in _UNICAST or ip.sixtofour:  # 6to4 leads to any IPv4 address
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _RESERVED)


class UnknownHostError(FetchError):
    """The host can't be resolved on this computer."""


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
        host: Host name or numeric address.
        port: Port to connect to.
        private: Whether loopback, link-local and private addresses are permitted.
        on_wait: Called every half second while waiting for the system's resolver; an exception it raises ends the wait.

    Returns:
        Addresses in the system's order of preference, at least one.

    Raises:
        UnknownHostError: The host can't be resolved.
        FetchError: The host is private and may not be contacted.
    """
    try:
        # Interruptible, since the system's resolver has no timeout.
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
