"""The sample podcast is whole, was spoken from its scripts, and the small speech model understands it."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import feedparser
import numpy as np
import pytest
import webvtt
from tools.espeak import WORD, Espeak, EspeakMissingError, Voice
from tools.speak_sample_podcast import FOLDER, ScriptError, read_script, speak
from tools.word_errors import word_error_rate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ("soup-servers-and-a-slow-train", "the-pharmacy-in-your-body", "what-touch-tells-the-brain")
PODCAST = "{https://podcastindex.org/namespace/1.0}"


@dataclass(frozen=True)
class Recognised:
    text: str
    words: list[tuple[str, float, float]]


@cache
def model(folder: Path) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


@cache
def recognise(folder: Path, name: str, mode: str) -> Recognised:
    """Recognise an episode of the sample in one of the modes that the package uses."""
    from faster_whisper import BatchedInferencePipeline

    audio = str(FOLDER / "audio" / f"{name}.mp3")
    if mode == "batched":
        segments, _ = BatchedInferencePipeline(model(folder)).transcribe(audio, batch_size=8, word_timestamps=True)
    else:
        segments, _ = model(folder).transcribe(
            audio, vad_filter=True, condition_on_previous_text=False, word_timestamps=mode == "sequential with words"
        )
    found = list(segments)
    words = [(word.word, word.start, word.end) for segment in found for word in segment.words or ()]
    return Recognised(" ".join(segment.text for segment in found), words)


def truth(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return data


def decoded(path: Path) -> NDArray[np.float32]:
    from faster_whisper import decode_audio

    samples: NDArray[np.float32] = decode_audio(str(path), sampling_rate=22_050)
    return samples


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    try:
        return Espeak()
    except EspeakMissingError as error:
        pytest.skip(str(error))


def test_feed_has_three_episodes_with_all_that_it_links() -> None:
    feed = feedparser.parse(FOLDER / "feed.xml")
    assert not feed.bozo
    assert feed.feed.title == "The Quiet Body"
    assert len(feed.entries) == 3
    links = [
        element.get("url") or ""
        for element in ET.parse(FOLDER / "feed.xml").iter()
        if element.tag in {"enclosure", f"{PODCAST}transcript", f"{PODCAST}chapters"}
    ]
    assert sorted(links) == sorted(
        [f"audio/{name}.mp3" for name in NAMES]
        + [f"chapters/{name}.json" for name in NAMES]
        + ["transcripts/the-pharmacy-in-your-body.vtt"]
    )
    assert all((FOLDER / link).is_file() for link in links)


def test_feed_says_the_true_length_and_duration_of_the_audio() -> None:
    items = list(ET.parse(FOLDER / "feed.xml").iter("item"))
    assert len(items) == 3
    for item in items:
        enclosure = item.find("enclosure")
        assert enclosure is not None
        audio = FOLDER / (enclosure.get("url") or "")
        assert int(enclosure.get("length") or 0) == audio.stat().st_size
        said = item.findtext("{http://www.itunes.com/dtds/podcast-1.0.dtd}duration") or ""
        seconds = 0
        for part in said.split(":"):
            seconds = 60 * seconds + int(part)
        assert seconds == round(len(decoded(audio)) / 22_050)


def test_sample_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 4_000_000


@pytest.mark.parametrize("name", NAMES)
def test_truth_is_in_order_and_says_what_the_script_says(name: str) -> None:
    script = read_script(FOLDER / "scripts" / f"{name}.txt")
    known = truth(name)
    assert [(s["speaker"], s["kind"], s["text"]) for s in known["sentences"]] == [
        (turn.speaker, turn.kind, sentence) for turn in script.turns for sentence in turn.sentences
    ]
    moments = []
    for sentence in known["sentences"]:
        assert [word[0] for word in sentence["words"]] == WORD.findall(sentence["text"])
        moments += [moment for word in sentence["words"] for moment in word[1:3]]
    assert moments == sorted(moments)
    assert moments[0] > 0
    assert moments[-1] < known["duration"]
    assert {s["kind"] for s in known["sentences"]} == {"talk", "sponsor", "housekeeping"}


def test_published_transcript_is_what_is_said() -> None:
    name = "the-pharmacy-in-your-body"
    captions = webvtt.read(str(FOLDER / "transcripts" / f"{name}.vtt")).captions
    sentences = truth(name)["sentences"]
    assert [(c.voice, c.text) for c in captions] == [(s["speaker"], s["text"]) for s in sentences]
    assert [c.start_in_seconds for c in captions] == [int(s["start"]) for s in sentences]


def test_speaking_the_scripts_again_gives_the_same_files(espeak: Espeak, tmp_path: Path) -> None:
    if espeak.version != truth(NAMES[0])["espeak"]:
        pytest.skip(f"the sample was spoken by espeak-ng {truth(NAMES[0])['espeak']}, here is {espeak.version}")
    # In a process of its own: how the voice wavers depends on what was spoken before.
    subprocess.run(
        [sys.executable, "-m", "tools.speak_sample_podcast", "--out", tmp_path], cwd=FOLDER.parents[1], check=True
    )
    for folder in ("truth", "chapters", "transcripts"):
        for path in sorted((FOLDER / folder).iterdir()):
            assert (tmp_path / folder / path.name).read_text("utf-8") == path.read_text("utf-8"), path.name
    for name in NAMES:
        # Another release of the encoder may write other bytes, but not another sound.
        again, shipped = (decoded(folder / "audio" / f"{name}.mp3") for folder in (tmp_path, FOLDER))
        assert again.shape == shipped.shape
        assert np.corrcoef(again, shipped)[0, 1] > 0.98


@pytest.mark.parametrize("name", NAMES)
def test_truth_is_within_20_ms_of_the_audio(name: str) -> None:
    samples = np.abs(decoded(FOLDER / "audio" / f"{name}.mp3"))
    for sentence in truth(name)["sentences"]:
        # Silence before a sentence, sound within 20 ms of its start and of its end: MP3 smears by some milliseconds.
        start, end = (round(22_050 * sentence[key]) for key in ("start", "end"))
        window = round(22_050 * 0.02)
        assert samples[start - 3 * window : start - window].max() < 0.01
        assert samples[start : start + window].max() > 0.015
        assert samples[end - window : end].max() > 0.015
        assert samples[end + window : end + 3 * window].max() < 0.01


@pytest.mark.speech
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("mode", "bound"), [("batched", 0.04), ("sequential with words", 0.10)])
def test_small_model_understands_the_sample(speech_model: Path, name: str, mode: str, bound: float) -> None:
    said = " ".join(sentence["text"] for sentence in truth(name)["sentences"])
    assert word_error_rate(said, recognise(speech_model, name, mode).text) <= bound


@pytest.mark.speech
@pytest.mark.parametrize("name", NAMES)
def test_small_model_hears_words_when_they_are_said(speech_model: Path, name: str) -> None:
    spoken = [word for sentence in truth(name)["sentences"] for word in sentence["words"]]
    heard = recognise(speech_model, name, "batched").words
    nearest = [
        min(
            (abs(start - word[1]) for text, start, _ in heard if text.strip(" .,?").lower() == word[0].lower()),
            default=60,
        )
        for word in spoken
    ]
    assert np.median(nearest) < 0.1
    assert np.quantile(nearest, 0.9) < 0.5


def test_speech_has_word_times_and_refuses_what_it_cannot_speak(espeak: Espeak) -> None:
    speech = espeak.speak("The brain decides if the signal is dangerous.")
    assert " ".join(word.text for word in speech.words) == "The brain decides if the signal is dangerous"
    assert speech.words[0].start == pytest.approx(speech.start, abs=0.05)
    assert speech.words[-1].end == pytest.approx(speech.end, abs=0.05)
    faster = espeak.speak("The brain decides if the signal is dangerous.", Voice(rate=300))
    assert faster.end < 0.8 * speech.end
    with pytest.raises(ValueError, match="at least one word"):
        espeak.speak("…")
    with pytest.raises(EspeakMissingError, match="no voice"):
        espeak.speak("Hello.", Voice("no-such-voice"))


def test_pauses_and_chapters_are_where_the_script_has_them(espeak: Espeak, tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text(
        "title: Short\n\n# One\n\nMaria: Yes, exactly. Pain is real.\n\n# Two\n\nMaria: Thanks for listening.\n"
    )
    episode = speak(read_script(path).turns, espeak)
    first, second, third = episode.sentences
    assert second.start - first.end == pytest.approx(0.45, abs=0.001)
    assert third.start - second.end == pytest.approx(1.4, abs=0.001)
    assert [title for _, title in episode.chapters] == ["One", "Two"]
    assert episode.chapters[1][0] == pytest.approx(third.start, abs=0.001)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Maria: Hello there.", "title"),
        ("title: A\n\nno speaker here.", "Name: words"),
        ("title: A\n\nMaria: No full stop", "full stop"),
    ],
)
def test_broken_script_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text)
    with pytest.raises(ScriptError, match=message):
        read_script(path)
