"""Hotwords of the command reach the speech model."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from podnotes import cli
from podnotes.asr.engine import FasterWhisper
from podnotes.audio.decode import SAMPLE_RATE, AudioReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podnotes.asr.engine import Hypothesis


@pytest.fixture(scope="module")
def talk(sample_podcast: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of 46 seconds: about soup, then about touch."""
    parts = []
    for name, start, end in (("soup-servers-and-a-slow-train", 0.0, 16.0), ("what-touch-tells-the-brain", 14.0, 44.0)):
        with AudioReader(sample_podcast / "audio" / f"{name}.mp3") as reader:
            parts.append(next(reader.blocks(end))[round(start * SAMPLE_RATE) :])
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.concatenate(parts) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """What the real model is told to expect, call by call."""
    told: list[Sequence[str]] = []
    recognise = FasterWhisper.recognise

    def noted(self: FasterWhisper, *given: Any, **how: Any) -> Iterator[list[Hypothesis]]:
        if "hotwords" in how:  # second tries go without
            told.append(how["hotwords"])
        return recognise(self, *given, **how)

    monkeypatch.setattr(FasterWhisper, "recognise", noted)
    return told


@pytest.mark.speech
def test_the_command_takes_words_to_expect(
    talk: Path, speech_model: Path, hints: list[Sequence[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))
    model = ["--model", str(speech_model), "--quiet"]
    assert cli.main(["draft", str(talk), *model, "--out", "drafts", "--hotwords", "slow massage, Dr. Lindgren,"]) == 0
    assert set(hints) == {("slow massage", "Dr. Lindgren")}
    assert len(list((tmp_path / "drafts").glob("*.md"))) == 1
    hints.clear()
    assert cli.main(["transcribe", str(talk), *model, "--hotwords", "massage"]) == 0
    assert set(hints) == {("massage",)}
    assert "massage" in capsys.readouterr().out.lower()
