"""What the package promises about itself: its names, its cost, its version."""

from __future__ import annotations

import operator
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import griffe

import podnotes
from podnotes import errors, models

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("feedparser", "faster_whisper", "ctranslate2", "nltk", "jinja2", "httpx2", "numpy", "av", "click", "rich")


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert podnotes.__all__ == sorted(podnotes.__all__)
    for name in podnotes.__all__:
        assert getattr(podnotes, name) is not None
    assert set(podnotes.__all__) <= set(dir(podnotes))


def test_every_error_and_every_data_object_is_public() -> None:
    public = set(podnotes.__all__)
    defined = {name for module in (errors, models) for name, value in vars(module).items()
               if isinstance(value, type) and value.__module__ == module.__name__}  # fmt: skip
    assert defined <= public


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(podnotes, "no_such_thing")


def test_importing_loads_none_of_the_heavy_packages() -> None:
    code = f"import sys, podnotes; print(*(set(sys.modules) & set({HEAVY!r})))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


def test_each_error_says_its_message_and_is_caught_by_the_root() -> None:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.PodnotesError):
            assert str(value("What happened.")) == "What happened."


def test_the_version_is_the_same_everywhere() -> None:
    assert version("podnotes") == podnotes.__version__
    assert f"## {podnotes.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def referenced() -> dict[str, list[str]]:
    """What the documentation and the docstrings of public names call by a name that begins with the package's."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.py")]
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages}
    texts |= {f"docstring of {name}": docstrings(getattr(podnotes, name)) for name in podnotes.__all__}
    found: dict[str, list[str]] = {}
    for place, text in texts.items():
        for name in re.findall(r"(?<![\w./@-])podnotes\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", text):
            found.setdefault(name, []).append(place)
    return found


def docstrings(value: object) -> str:
    members = [held for name, held in vars(value).items() if name[0] != "_"] if isinstance(value, type) else []
    return "\n".join(getattr(held, "__doc__", None) or "" for held in [value, *members])


def test_every_name_that_the_docs_mention_is_there_after_import_podnotes() -> None:
    names = referenced()
    assert {"draft_notes", "PodnotesError", "transcribe"} <= set(names)
    # The entry point group of engines, what the site is made from, and a placeholder are no names.
    names = {name: pages for name, pages in names.items() if name not in {"engines", "cli", "NAME"}}
    # Modules are no part of the interface: they would be there or not, depending on what was used before.
    assert {name: pages for name, pages in names.items() if name.split(".")[0] not in podnotes.__all__} == {}
    for name in names:
        assert operator.attrgetter(name)(podnotes) is not None


def test_types_of_public_signatures_are_public() -> None:
    package = griffe.load("podnotes", search_paths=[ROOT / "src"], resolve_aliases=True)
    public = {package[name].final_target.path for name in podnotes.__all__}
    missing: dict[str, str] = {}
    for path in sorted(public):
        for expression in signature_parts(package[path.removeprefix("podnotes.")]):
            for part in expression.iterate(flat=True) if isinstance(expression, griffe.Expr) else ():
                if not isinstance(part, griffe.ExprName) or not part.canonical_path.startswith("podnotes."):
                    continue
                target = package[part.canonical_path.removeprefix("podnotes.")]
                target = target.final_target if target.is_alias else target
                if target.is_class and target.path not in public:
                    missing.setdefault(target.path, path)
    assert missing == {}


def signature_parts(found: griffe.Object) -> Iterator[object]:
    """What a function takes and gives, and what a class has and inherits of that."""
    if isinstance(found, griffe.Function):
        yield found.returns
        yield from (parameter.annotation for parameter in found.parameters)
    elif isinstance(found, griffe.Attribute):
        yield found.annotation
    elif isinstance(found, griffe.Class):
        for member in found.all_members.values():
            if not member.name.startswith("_") or member.name == "__init__":
                yield from signature_parts(member.final_target if isinstance(member, griffe.Alias) else member)
