"""Cross-references of docstrings: ``:func:`~podnotes.render``` becomes a link to the name in the reference."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import griffe

_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`~?([\w.]+)`")
_INIT = Path(__file__).resolve().parents[2] / "src" / "podnotes" / "__init__.pyi"
# What the package offers, read and not imported: the site is built from the sources.
_PUBLIC = {
    alias.name
    for node in ast.walk(ast.parse(_INIT.read_text(encoding="utf-8")))
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
}


class Roles(griffe.Extension):
    """Rewrites the references while the sources are read."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite those of one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = _ROLE.sub(_link, obj.docstring.value)


def _link(found: re.Match[str]) -> str:
    parts = found[1].removeprefix("podnotes.").split(".")
    place = next((at for at, part in enumerate(parts) if part in _PUBLIC), None)
    if place is None:
        return f"`{parts[-1]}`"
    name = parts[place]
    return f"[`{'.'.join(parts[place:])}`][podnotes.{name}]"
