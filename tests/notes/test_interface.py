"""What it costs to import the modules of the package."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("module", "allowed"), [("compose", set()), ("rendering", {"jinja2"}), ("verify", set())])
def test_composing_loads_no_template_engine_and_rendering_no_stemmer(module: str, allowed: set[str]) -> None:
    code = (
        f"import sys; import podnotes.notes.{module}; "
        "heavy = 'jinja2', 'nltk', 'nh3', 'yaml', 'av', 'faster_whisper', 'numpy'; "
        "print(*[name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(result.stdout.split()) <= allowed
