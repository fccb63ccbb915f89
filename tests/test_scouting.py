"""A small model listens first, a better one to what may be quoted; and words that a model is told to expect."""

from __future__ import annotations

import shutil
import wave
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from podnotes import DraftOptions, Episode, Library, Outcome, Person, Step, Topic, cli, draft_notes, load_topics
from podnotes.media.decode import SAMPLE_RATE, AudioReader
from podnotes.models import Doubt, Transcript
from podnotes.pipeline.expecting import expected_words
from podnotes.pipeline.recognising import Listener
from podnotes.speech import SpeechOptions, recognition
from podnotes.speech.engine import FasterWhisper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podnotes import Event
    from podnotes.speech import Hypothesis


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
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


@pytest.fixture
def options(speech_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DraftOptions:
    """A scout, and a better model that can be told from it: it writes "thee" for "the"."""
    better = shutil.copytree(speech_model, tmp_path / "better")
    recognise = FasterWhisper.recognise

    def marked(self: FasterWhisper, *given: Any, **how: Any) -> Iterator[list[Hypothesis]]:
        for found in recognise(self, *given, **how):
            if self.name == "better":
                yield [replace(one, text=one.text.replace(" the ", " thee ")) for one in found]
            else:
                yield found

    monkeypatch.setattr(FasterWhisper, "recognise", marked)
    return DraftOptions(model=str(better), scout=str(speech_model), speech=SpeechOptions(batch_size=1))


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """What the real model is told to expect, call by call."""
    told: list[Sequence[str]] = []
    recognise = FasterWhisper.recognise

    def noted(self: FasterWhisper, *given: Any, **how: Any) -> Iterator[list[Hypothesis]]:
        if not how.get("careful"):
            told.append(how["hotwords"])
        return recognise(self, *given, **how)

    monkeypatch.setattr(FasterWhisper, "recognise", noted)
    return told


@pytest.mark.speech
def test_all_that_is_quoted_is_the_better_models_also_after_an_interruption(
    talk: Path, library: Library, options: DraftOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "_STRETCH_SECONDS", 1.0)  # a stretch is a single window then

    def stop(event: Event) -> None:
        if event.step is Step.RECOGNISE and event.done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(draft_notes(talk, out=tmp_path / "drafts", library=library, options=options, on_event=stop))
    seconds: list[float] = []

    def note(event: Event) -> None:
        if event.step is Step.RECOGNISE:
            seconds.append(event.done)

    (result,) = draft_notes(talk, out=tmp_path / "drafts", library=library, options=options, on_event=note)
    assert next(second for second in seconds if second > 0) > 9, "what was scouted isn't scouted again"
    assert result.outcome is Outcome.DRAFTED
    assert result.transcript is not None
    assert (result.transcript.model, result.transcript.details["scout"]) == ("better", "speech_model")
    trusted = [segment for segment in result.transcript.segments if segment.doubt is None]
    scouted = [segment for segment in result.transcript.segments if segment.doubt is Doubt.SCOUTED]
    assert " thee " in " ".join(segment.text for segment in trusted)
    assert not any(" the " in segment.text for segment in trusted)
    assert scouted[0].start < 5
    assert not any(" thee " in segment.text for segment in scouted)
    words = " ".join(segment.text for segment in trusted)
    assert result.findings is not None
    assert result.findings.passages
    assert all(passage.text in words for passage in result.findings.passages)
    draft = next(draft.path for draft in result.drafts if draft.path.suffix == ".md").read_text(encoding="utf-8")
    quoted = " ".join(line.lstrip("> ") for line in draft.splitlines() if line.startswith(">"))
    assert " thee " in quoted
    assert " the " not in quoted


def test_what_counts_as_made_by_this_runs_models() -> None:
    def by(model: str, scout: str | None = None) -> Transcript:
        return Transcript((), 60.0, model=model, details={} if scout is None else {"scout": scout})

    def is_others(transcript: Transcript, model: str, scout: str | None = None) -> bool:
        return Listener(DraftOptions(model=model, scout=scout), (), print).is_made_by_another(transcript)

    assert not is_others(by("small.en"), "small.en")
    assert is_others(by("small.en"), "large-v3")
    assert not is_others(by("large-v3"), "large-v3", scout="tiny.en")  # all of it by the better one
    assert is_others(by("large-v3", scout="tiny.en"), "large-v3")
    assert not is_others(by("large-v3", scout="tiny.en"), "large-v3", scout="tiny.en")
    assert not is_others(by("tiny.en", scout="tiny.en"), "large-v3", scout="tiny.en")  # nothing worth hearing again
    assert is_others(by("large-v3", scout="base.en"), "large-v3", scout="tiny.en")
    assert is_others(by("medium.en", scout="tiny.en"), "large-v3", scout="tiny.en")


# ------------------------------------------------------------------------------------------------- words to expect


@pytest.mark.speech
def test_the_command_takes_a_scout_and_words_to_expect(
    talk: Path, speech_model: Path, hints: list[Sequence[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "library.sqlite3"))
    both = ["--scout", str(speech_model), "--model", str(speech_model)]
    assert cli.main(["draft", str(talk), *both, "--hotwords", "slow massage, Dr. Lindgren,", "--quiet"]) == 0
    assert set(hints) == {("slow massage", "Dr. Lindgren")}
    assert len(list((tmp_path / "drafts").glob("*.md"))) == 1
    hints.clear()
    assert cli.main(["transcribe", str(talk), "--model", str(speech_model), "--hotwords", "massage", "--quiet"]) == 0
    assert set(hints) == {("massage",)}
    assert "massage" in capsys.readouterr().out.lower()


@pytest.mark.speech
def test_words_to_expect_can_come_from_the_show_notes(
    talk: Path, library: Library, speech_model: Path, hints: list[Sequence[str]], tmp_path: Path
) -> None:
    feed = talk.with_name("feed.xml")
    feed.write_text(
        '<rss version="2.0"><channel><title>Talks</title><item><title>On soups</title><guid>1</guid>'
        '<description>With lentils.</description><enclosure url="talk.wav" type="audio/wav"/></item></channel></rss>',
        encoding="utf-8",
    )
    how = DraftOptions(
        model=str(speech_model), hotwords_from_notes=True, speech=SpeechOptions(hotwords=("minestrone",)),
        topics=(Topic("soup", "Soup", terms=("soup", "lentil", "onion")),),
    )  # fmt: skip
    list(draft_notes(feed, out=tmp_path, library=library, options=how))
    assert set(hints) == {("minestrone", "soup", "lentil")}


def test_what_is_expected_of_an_episode() -> None:
    episode = Episode(
        guid="1", title="Endorphins and the brain", summary="Why chronic pains fade. A word on massages.",
        persons=(Person("Maria Holm"), Person("Ada Keller", "guest")),
    )  # fmt: skip
    words = expected_words(episode, load_topics("bodywork"))
    assert words[:2] == ("Maria Holm", "Ada Keller")
    assert {"endorphin", "chronic pain", "massage"} <= set(words)
    assert "nociceptor" not in words
    assert expected_words(episode, load_topics("bodywork"), most=3) == words[:3]
    assert expected_words(Episode(guid="2", title="Soup"), ()) == ()
