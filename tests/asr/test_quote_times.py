"""Quotes of a draft, and the second at which they are said to begin."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes import compose_note, find_passages, load_topics
from podnotes.asr.engine import load_engine
from podnotes.asr.recognition import transcribe
from podnotes.asr.speech_options import SpeechOptions
from podnotes.asr.word_times import time_words
from podnotes.audio.decode import SAMPLE_RATE, AudioReader
from podnotes.models import Episode
from podnotes.transcripts.formats import read_transcript
from tests.asr.conftest import plain, write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from podnotes.asr.engine import Engine


@pytest.fixture(scope="module")
def engine(speech_model: Path) -> Engine:
    return load_engine(speech_model, SpeechOptions())


@pytest.mark.speech
@pytest.mark.parametrize("name", ["the-pharmacy-in-your-body", "what-touch-tells-the-brain"])
def test_quotes_of_a_draft_start_at_their_first_word(
    tmp_path: Path, engine: Engine, sample_podcast: Path, name: str
) -> None:
    """The publisher's words, whose times are off by a quarter of a second, and recognised ones."""
    audio = sample_podcast / "audio" / f"{name}.mp3"
    truth = json.loads((sample_podcast / "truth" / f"{name}.json").read_text(encoding="utf-8"))["sentences"]
    said = [(plain(word)[0], start) for sentence in truth for word, start, *_ in sentence["words"] if plain(word)]
    episode = Episode(name, name)
    published = sample_podcast / "transcripts" / f"{name}.vtt"
    if published.exists():
        transcript = read_transcript(published)
        late = tuple(replace(s, start=s.start + 0.25, end=s.end + 0.25) for s in transcript.segments)
        transcript = replace(transcript, segments=late)
    else:
        with AudioReader(audio) as reader:
            part = np.concatenate(list(reader.blocks(60.0)))[: 75 * SAMPLE_RATE]
        audio = write_wav(tmp_path / "part.wav", part)
        transcript = transcribe(audio, engine)
    topics = load_topics("bodywork")
    note = compose_note(episode, find_passages(transcript, topics), transcript)
    spans = [(quote.passage.start, quote.passage.end) for section in note.sections for quote in section.quotes]
    timed = time_words(audio, transcript, spans, engine)
    note = compose_note(episode, find_passages(timed, topics), timed)
    # A quote without its lead-in ("So,") is played from the lead-in.
    quotes = [quote.passage for section in note.sections for quote in section.quotes if not quote.cut]
    words = [word for word, _ in said]
    errors = []
    for passage in quotes:
        opening = plain(passage.text)[:4]
        starts = [said[k][1] for k in range(len(words)) if words[k : k + len(opening)] == opening]
        if starts:  # where its first words were heard right
            errors.append(min(abs(passage.start - start) for start in starts))
    assert len(errors) >= 2
    assert len(errors) >= 0.6 * len(quotes)
    assert max(errors) < 0.3, errors
