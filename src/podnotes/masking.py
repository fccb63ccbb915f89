"""Dataclasses whose ``repr`` masks private addresses, in logs and tracebacks."""

from __future__ import annotations

from dataclasses import fields, is_dataclass


class MaskedRepr:
    """Gives a dataclass that is declared with ``repr=False`` a representation with masked addresses.

    Where it has an attribute ``private``, that says whether its addresses are those of a private feed; else each is
    judged by itself, as the address of a feed.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        from podnotes.http.privacy import masked_in  # needed by few who need the data objects

        assert is_dataclass(self)
        values = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
        return masked_in(f"{type(self).__qualname__}({', '.join(values)})", private=getattr(self, "private", None))
