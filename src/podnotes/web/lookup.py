"""Looking up names within a time limit: the system's resolver takes none, so it is waited for in a thread."""

from __future__ import annotations

import ipaddress
import socket
import threading


class LateLookupError(Exception):
    """The resolver didn't answer in time."""


class _Lookup:
    """One question to the resolver, asked in a thread that doesn't keep the process from ending."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._answered = threading.Event()
        self._numbers: tuple[str, ...] = ()
        self._error: Exception | None = None

    def start(self) -> None:
        try:
            threading.Thread(target=self._ask, name=f"podnotes-lookup-{self._host}", daemon=True).start()
        except RuntimeError:  # no more threads: then it is waited for as long as it takes
            self._ask()

    def _ask(self) -> None:
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self._numbers = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            self._error = error
        finally:
            with _lock:
                if _pending.get((self._host, self._port)) is self:
                    del _pending[self._host, self._port]
            self._answered.set()

    def result(self, wait_s: float) -> tuple[str, ...]:
        if not self._answered.wait(wait_s):
            raise LateLookupError
        if self._error is not None:
            raise self._error
        return self._numbers


_pending: dict[tuple[str, int], _Lookup] = {}
_lock = threading.Lock()


def numbers_of(host: str, port: int, wait_s: float) -> tuple[str, ...]:
    """Ask the system's resolver for the numeric addresses of a host.

    Args:
        host: Name or number, also in the forms that only the system understands (``127.1``, ``0x7f000001``).
        port: Port that will be asked for.
        wait_s: Seconds to wait. A question that isn't answered in time goes on in the background, and whoever asks the
            same meanwhile waits for the same answer: a resolver that hangs costs one thread a host.

    Returns:
        Addresses in the order of the system's preference.

    Raises:
        LateLookupError: No answer in time.
        OSError: There is no such host, or the resolver failed.
        UnicodeError: The name can't be one.
    """
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass
    with _lock:
        lookup = _pending.get((host, port))
        new = lookup is None
        if lookup is None:
            lookup = _pending[host, port] = _Lookup(host, port)
    if new:
        lookup.start()
    return lookup.result(wait_s)
