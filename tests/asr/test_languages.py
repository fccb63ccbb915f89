"""Which language is spoken: what is stated, what is heard, two languages in one file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from podnotes import Topic, find_passages
from podnotes.asr.engine import Hypothesis
from podnotes.asr.language_detection import by_language, in_spoken_language
from podnotes.asr.recognition import transcribe
from podnotes.asr.vad import AudioChunk, Window
from podnotes.models import Chunk, QualityFlag, Segment, Transcript
from podnotes.transcripts.formats import format_transcript, parse_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.asr.conftest import Spoken

WORDS = {
    "en": "Whatever is heard here is written down in English by this model.",
    "fr": "Ce que l'on entend ici est bien écrit en français par ce modèle.",
    "de": "Was hier zu hören ist, schreibt dieses Modell auf Deutsch auf.",
}


class Interpreter:
    """Writes in the language that it is told, as Whisper does, and tells which one it hears."""

    name = "interpreter"
    languages = frozenset(WORDS)
    batch_size = 8
    window_s = 12.0

    def __init__(self, *spoken: tuple[float, str], probability: float = 0.95) -> None:
        self.details: dict[str, str] = {}
        self.spoken, self.probability = spoken, probability
        self.told: list[str] = []

    def recognise(
        self, samples: NDArray[np.float32], windows: Sequence[Window], *, language: str, **_: Any
    ) -> Iterator[list[Hypothesis]]:
        for window in windows:
            self.told.append(language)
            heard = self.heard(window)
            yield [Hypothesis(window.start, window.end, WORDS[language], -0.2, spoken=(heard, self.probability))]

    def heard(self, window: Window) -> str:
        middle = (window.start + window.end) / 2
        return next(language for until, language in self.spoken if middle < until)

    def detect_language(self, samples: NDArray[np.float32], windows: Sequence[Window]) -> tuple[str, float]:
        return self.heard(windows[0]), self.probability


def texts(transcript: Transcript) -> set[str]:
    return {segment.text for segment in transcript.segments}


def test_what_is_spoken_goes_over_what_is_stated(minute: tuple[Path, Spoken]) -> None:
    transcript = transcribe(minute[0], Interpreter((1e9, "fr")), language="en-US")
    assert (transcript.language, texts(transcript)) == ("fr", {WORDS["fr"]})
    assert transcript.warnings == ("French is spoken here, not English as stated; it was transcribed as French.",)
    assert not any(segment.language or segment.doubt for segment in transcript.segments)


def test_the_stated_language_stands_where_the_model_is_not_sure(minute: tuple[Path, Spoken]) -> None:
    transcript = transcribe(minute[0], Interpreter((1e9, "fr"), probability=0.7), language="en-US")
    assert (transcript.language, texts(transcript), transcript.warnings) == ("en", {WORDS["en"]}, ())


@pytest.mark.parametrize("stated", [None, "ja"])
def test_a_language_is_found_out_where_none_that_is_known_is_stated(
    minute: tuple[Path, Spoken], stated: str | None
) -> None:
    engine = Interpreter((1e9, "de"), probability=0.6)
    transcript = transcribe(minute[0], engine, language=stated)
    assert (transcript.language, set(engine.told)) == ("de", {"de"})
    assert transcript.warnings == (
        () if stated is None else ("The speech model interpreter doesn't support Japanese; German was detected.",)
    )


def test_a_file_of_two_languages_keeps_both(minute: tuple[Path, Spoken]) -> None:
    path, _ = minute
    engine = Interpreter((15.0, "en"), (1e9, "fr"))
    transcript = transcribe(path, engine, language="en")
    assert transcript.language == "fr"
    assert texts(transcript) == {WORDS["en"], WORDS["fr"]}
    assert all(s.language == ("en" if s.text == WORDS["en"] else None) for s in transcript.segments)
    assert transcript.warnings == (
        "French is spoken here, not English as stated; it was transcribed as French.",
        "About 1 min are in English, first at 0:00.",
    )


def test_recognition_goes_on_in_the_language_of_what_was_heard_before(
    minute: tuple[Path, Spoken], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podnotes.asr.recognition._CHUNK_SECONDS", 1.0)
    monkeypatch.setattr(Interpreter, "batch_size", 1)
    done: list[Chunk] = []
    once = Interpreter((1e9, "fr"))
    transcript = transcribe(minute[0], once, language="en", on_chunk=done.append)
    assert once.told[:2] == ["en", "fr"]
    assert set(once.told[1:]) == {"fr"}
    again = Interpreter((1e9, "fr"))
    assert transcribe(minute[0], again, language="en", done=done[:-1]) == transcript
    assert set(again.told) == {"fr"}


def test_short_windows_are_in_the_language_of_those_beside_them() -> None:
    def told(*windows: tuple[float, str, float]) -> list[str]:
        at, spans, results = 0.0, [], []
        for seconds, language, probability in windows:
            spans.append(Window(at, at + seconds))
            results.append([Hypothesis(at, at + seconds, "…", spoken=(language, probability))])
            at += seconds
        take = AudioChunk(0.0, at, np.zeros(1, np.float32), tuple(spans), np.zeros(1, np.float32))
        return [language for language, part, _ in by_language(take, results, "en") for _ in part.windows]

    assert told((28, "fr", 0.9), (5, "fr", 0.9), (20, "en", 0.9)) == ["fr", "fr", "en"]
    assert told((28, "fr", 0.9), (28, "fr", 0.6), (28, "en", 0.9)) == ["fr", "fr", "en"]
    assert told((28, "en", 0.9), (5, "fr", 0.7), (28, "fr", 0.9)) == ["en", "fr", "fr"]
    assert told((28, "en", 0.9), (5, "fr", 0.95), (28, "en", 0.9)) == ["en", "en", "en"]
    assert told((28, "cy", 0.5), (28, "en", 0.6)) == ["en", "en"]


def test_what_is_heard_again_is_heard_in_the_language_that_is_spoken() -> None:
    engine = Interpreter((20.0, "fr"), (1e9, "en"))
    windows = [Window(0.0, 10.0), Window(12.0, 16.0), Window(20.0, 30.0)]
    found = list(in_spoken_language(engine, np.zeros(1, np.float32), windows, "en"))
    assert [(one.text, one.language) for (one,) in found] == [
        (WORDS["fr"], "fr"),
        (WORDS["en"], None),  # too short to be sure
        (WORDS["en"], None),
    ]


def test_a_model_of_one_language_says_when_it_hardly_understands(minute: tuple[Path, Spoken]) -> None:
    class Puzzled(Interpreter):
        languages = frozenset({"en"})
        name = "tiny.en"

        def recognise(self, *given: Any, **how: Any) -> Iterator[list[Hypothesis]]:
            for found in super().recognise(*given, **how):
                yield [replace(one, logprob=-1.2, spoken=None) for one in found]

    transcript = transcribe(minute[0], Puzzled((1e9, "en")), language="en")
    assert {segment.doubt for segment in transcript.segments} == {QualityFlag.UNSURE}
    assert transcript.warnings == (
        ("Hardly any speech was recognised: if the language isn't English, choose a speech model without “.en”."),
    )
    assert transcribe(minute[0], Interpreter((1e9, "en")), language="en").warnings == ()


# ------------------------------------------------------------------------------------- a transcript in two languages

ENGLISH = (
    "Chronic pain changes how the brain works with every signal that the body sends to it day and night. "
    "The pain that you feel is made in the brain, and that is why a slow walk and good sleep help with the pain. "
    "When the pain has lasted for years, the nerves that carry pain are more easily set off than they were before."
)
GERMAN = (
    "Chronische Schmerzen verändern, wie das Gehirn mit jedem Signal umgeht, das der Körper ihm schickt. "
    "Die Schmerzen, die man fühlt, entstehen im Gehirn, und deshalb hilft ein langsamer Spaziergang gegen Schmerzen. "
    "Wenn die Schmerzen über Jahre dauern, sind die Nerven, die Schmerzen leiten, leichter zu reizen als vorher."
)
PAIN = Topic("pain", "Pain", terms=("pain", "Schmerzen"))
SCHMERZ = Topic("schmerz", "Schmerz", terms=("Schmerzen", "pain"), language="de")


@pytest.fixture
def mixed() -> Transcript:
    """A minute of English, then one of German."""
    english = tuple(Segment(0.0 + 30 * at, 30.0 + 30 * at, ENGLISH, language="en") for at in range(2))
    german = tuple(Segment(60.0 + 30 * at, 90.0 + 30 * at, GERMAN) for at in range(2))
    return Transcript((*english, *german), 120.0, language="de", source="recognised")


def test_nothing_is_quoted_from_another_language_than_a_topics_and_that_is_said(mixed: Transcript) -> None:
    found = find_passages(mixed, [PAIN])
    assert found.passages
    assert all(passage.end <= 60.1 for passage in found.passages)
    assert found.notice is not None
    assert "Nothing is quoted from 1 min in German: no topic is in that language." in found.notice


def test_each_language_is_searched_for_the_topics_in_it(mixed: Transcript) -> None:
    found = find_passages(mixed, [PAIN, SCHMERZ])
    assert [p.topic for p in found.passages] == sorted(p.topic for p in found.passages)
    assert {p.topic: p.start >= 59.9 for p in found.passages} == {"pain": False, "schmerz": True}
    assert "Nothing is quoted" not in (found.notice or "")


def test_languages_of_segments_come_back_from_json(mixed: Transcript) -> None:
    assert parse_transcript(format_transcript(mixed, ".json")).segments == mixed.segments
