"""Objects that don't show secrets: what a log, a traceback or a scheduler prints of them has masked addresses."""

from __future__ import annotations

from dataclasses import fields, is_dataclass


class MaskedRepr:
    """Gives a dataclass that is declared with ``repr=False`` a representation with masked addresses."""

    __slots__ = ()

    def __repr__(self) -> str:
        from podnotes.web.addresses import masked_in  # needed by few who need the data objects

        assert is_dataclass(self)
        values = [(field.name, getattr(self, field.name)) for field in fields(self) if field.repr]
        shown = [
            f"{name}={masked_in(value)!r}" if isinstance(value, str) else f"{name}={value!r}" for name, value in values
        ]
        return f"{type(self).__qualname__}({', '.join(shown)})"
