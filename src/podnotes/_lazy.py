"""Names of a package that are imported when they are first used: importing the package costs next to nothing."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def lazy(
    package: str, modules: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Make what a package needs for lazy names (PEP 562).

    Args:
        package: Its ``__name__``.
        modules: Names by the module that has them.

    Returns:
        Its ``__getattr__``, ``__dir__`` and ``__all__``.
    """
    homes = {name: module for module, names in modules.items() for name in names}
    names = sorted(homes)

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return get, lambda: sorted({*names, *vars(sys.modules[package])}), names
