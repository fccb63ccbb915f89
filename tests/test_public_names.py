"""What the package promises about itself: its names, its cost, its version."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import podnotes
from podnotes import errors, models

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
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == podnotes.__version__
    assert f"## {podnotes.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
