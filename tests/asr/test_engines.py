"""Another engine in the place of faster-whisper: the example of the documentation, handed over and by its name."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podnotes.asr.engine import Engine
from podnotes.asr.recognition import transcribe
from podnotes.errors import ModelError

if TYPE_CHECKING:
    from tests.asr.conftest import Spoken

DOCS = Path(__file__).resolve().parents[2] / "docs" / "speech.md"


def example() -> str:
    """The engine that docs/speech.md shows."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if "class Shout" in block)
    return block


def test_the_example_of_the_documentation_is_a_whole_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken]
) -> None:
    code = example()
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    shutil.copy(minute[0], tmp_path / "talk.mp3")
    monkeypatch.chdir(tmp_path)
    heard: list[float] = []

    def recogniser(samples: Any) -> tuple[str, float]:
        heard.append(len(samples) / 16_000)
        return f"Piece {len(heard)} of what somebody said about pain and touch in a quiet room", -0.2

    names: dict[str, Any] = {"my_recogniser": recogniser}
    exec(code, names)
    assert isinstance(names["Shout"](), Engine)
    transcript = names["transcript"]
    assert transcript.model == "shout"
    assert transcript.details["engine"] == "shout 1.0"
    assert len(transcript.segments) == len(heard) > 0
    assert sum(heard) > 0.7 * transcript.duration


def test_an_installed_package_brings_its_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minute: tuple[Path, Spoken]
) -> None:
    """As pip leaves it: a module, and beside it what its entry points are."""
    code = example().split("\ntranscript =")[0]
    made = "\n    def __init__(self, model, options):\n        self.name = f'shout:{model}'\n"
    recogniser = "\ndef my_recogniser(samples):\n    return 'Somebody said this about pain and touch.', -0.2\n"
    (tmp_path / "shout_package.py").write_text(code + made + recogniser, encoding="utf-8")
    info = tmp_path / "shout_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shout-package\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[podnotes.engines]\nshout = shout_package:Shout\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "shout_package", raising=False)
    assert transcribe(minute[0], "shout:large").model == "shout:large"
    assert transcribe(minute[0], "shout").model == "shout:"
    with pytest.raises(ModelError, match="whisper:large"):
        transcribe(minute[0], "whisper:large")
