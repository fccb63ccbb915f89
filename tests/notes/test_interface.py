"""What the package offers, and what it costs to import."""

from __future__ import annotations

import subprocess
import sys

from podnotes import notes


def test_every_public_name_is_there_and_described() -> None:
    assert notes.__all__ == sorted(notes.__all__)
    assert dir(notes) == notes.__all__
    for name in notes.__all__:
        assert (getattr(notes, name).__doc__ or "").strip(), name


def test_composing_loads_no_template_engine_and_rendering_no_stemmer() -> None:
    code = (
        "import sys; import podnotes.notes as notes; {}; "
        "heavy = 'jinja2', 'nltk', 'nh3', 'yaml', 'av', 'faster_whisper', 'numpy'; "
        "print(*[name for name in heavy if name in sys.modules])"
    )
    for use, allowed in (
        ("notes.compose_note", set()),
        ("notes.render", {"jinja2"}),
        ("notes.verify_draft", set()),
    ):
        result = subprocess.run([sys.executable, "-c", code.format(use)], capture_output=True, text=True, check=True)
        assert set(result.stdout.split()) <= allowed, use
