"""Voices of a show are remembered, known again and named; nothing of a voice is kept but a vector."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podnotes.cli import main
from podnotes.diarization.clustering import Voice
from podnotes.diarization.diarizer import DiarizedChunk
from podnotes.diarization.embedding import LocalSpeakers
from podnotes.diarization.enrollment import match_voices
from podnotes.errors import LibraryError, UsageError
from podnotes.library import Library
from podnotes.library.voiceprints import EpisodeVoice
from podnotes.models import Podcast
from tests.library.conftest import FEED, make_episode, make_transcript

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def vector(direction: int) -> NDArray[np.float32]:
    made = np.zeros(256, np.float32)
    made[direction] = 1.0
    return made


def heard(number: int, label: str, direction: int, *, seconds: float = 60.0, known: int | None = None) -> EpisodeVoice:
    return EpisodeVoice(number, label, "Nothing tells.", seconds, vector(direction), 10.0, 15.0, known)


def test_a_voice_that_comes_back_is_one_voice_of_the_show(library: Library) -> None:
    first, second = (library.remember_episode(make_episode(number)) for number in (1, 2))
    library.save_voices(first, [heard(0, "Speaker 1", 0), heard(1, "Speaker 2", 1)], encoder="a")
    known = library.known_voices(FEED)
    again = match_voices([Voice(vector(0), 60.0)], known)
    library.save_voices(second, [heard(0, "Speaker 1", 0, known=again[0].id)], encoder="a")
    host, guest = library.known_voices(FEED)
    assert (host.episodes, host.seconds, guest.episodes) == (2, 120.0, 1)
    assert host.vector @ vector(0) == pytest.approx(1.0)
    assert [place.episode_id for place in library.voice_samples(host.id)] == [second, first]
    assert library.known_voices("https://example.org/other.xml") == ()


def test_a_name_given_once_holds_for_all_episodes(library: Library) -> None:
    numbers = [library.remember_episode(make_episode(number)) for number in (1, 2)]
    library.save_transcript(numbers[0], make_transcript("Hello there.", speaker="Speaker 1"))
    library.save_transcript(numbers[1], make_transcript("Hello again.", speaker="Speaker 2"))
    library.save_voices(numbers[0], [heard(0, "Speaker 1", 0)], encoder="a")
    known = library.known_voices(FEED)[0]
    library.save_voices(numbers[1], [heard(0, "Speaker 2", 0, known=known.id)], encoder="a")
    library.mark_done(numbers[0], "recipe")
    assert library.name_voice(known.id, " Anna  Berg ") == 2
    assert not library.is_done(numbers[0], "recipe"), "its draft has the old name"
    assert library.is_done(numbers[0], None)
    assert library.known_voices(FEED)[0].name == "Anna Berg"
    for number in numbers:
        transcript = library.transcript(number)
        assert transcript is not None
        assert {segment.speaker for segment in transcript.segments} == {"Anna Berg"}
        assert library.episode_voices(number)[0].label == "Anna Berg"
    assert library.search("hello", person="Anna Berg")
    library.name_voice(known.id, "Anna Holm")
    assert library.episode_voices(numbers[0])[0].label == "Anna Holm"


def test_a_voice_that_nobody_has_is_forgotten_unless_it_has_a_name(library: Library) -> None:
    number = library.remember_episode(make_episode())
    library.save_voices(number, [heard(0, "Speaker 1", 0), heard(1, "Speaker 2", 1)], encoder="a")
    library.name_voice(library.known_voices(FEED)[0].id, "Anna Berg")
    library.save_voices(number, [], encoder="a")
    assert [voice.name for voice in library.known_voices(FEED)] == ["Anna Berg"]


def test_voices_move_with_their_feed_and_are_forgotten_with_it(library: Library) -> None:
    library.remember_podcast(Podcast("The Nerve Hour", (make_episode(),), url=FEED))
    (known,) = library.find_episodes()
    library.save_voices(known.id, [heard(0, "Speaker 1", 0)], encoder="a")
    new = "https://new.example/feed.xml"
    library.remember_podcast(Podcast("The Nerve Hour", (make_episode(),), url=new), asked=FEED)
    assert library.known_voices(FEED) == ()
    (voice,) = library.known_voices(new)
    library.name_voice(voice.id, "Anna Berg")
    assert library.forget_feed(new) == 1
    assert library.known_voices(new) == ()


def test_a_few_seconds_of_a_voice_and_files_without_a_feed_are_not_remembered(library: Library) -> None:
    number = library.remember_episode(make_episode())
    library.save_voices(number, [heard(0, "Speaker 1", 0, seconds=5.0)], encoder="a")
    alone = library.remember_episode(make_episode(2, feed=None))
    library.save_voices(alone, [heard(0, "Speaker 1", 0)], encoder="a")
    assert library.known_voices(FEED) == library.known_voices("") == ()
    assert len(library.episode_voices(number)) == len(library.episode_voices(alone)) == 1


def test_pieces_are_kept_until_the_voices_are(library: Library) -> None:
    number = library.remember_episode(make_episode())
    speakers = LocalSpeakers(
        np.asarray([0.0, 5.0]),
        np.ones((2, 589, 3), np.float16),
        np.stack([vector(0)] * 6).reshape(2, 3, -1).astype(np.float16),
        np.ones((2, 3), np.float32),
        np.zeros((2, 3), np.int8),
    )
    library.save_voice_chunk(number, "audio", DiarizedChunk(0.0, 300.0, speakers))
    (kept,) = library.voice_chunks(number, "audio")
    assert (kept.start, kept.end) == (0.0, 300.0)
    for field in dataclasses.fields(LocalSpeakers):
        before, after = getattr(speakers, field.name), getattr(kept.speakers, field.name)
        assert np.array_equal(before, after)
        assert before.dtype == after.dtype
    assert library.voice_chunks(number, "other audio") == ()
    library.save_voices(number, [], encoder="a")
    assert library.voice_chunks(number, "audio") == ()


def test_voices_of_another_model_are_not_compared(library: Library) -> None:
    number = library.remember_episode(make_episode())
    library.save_voices(number, [heard(0, "Speaker 1", 0)], encoder="a")
    assert len(library.known_voices(FEED)) == len(library.known_voices(FEED, "a")) == 1
    assert library.known_voices(FEED, "b") == ()


def test_a_speaker_of_an_episode_is_named_in_the_whole_show(library: Library) -> None:
    first, second = (library.remember_episode(make_episode(number)) for number in (1, 2))
    for number, text in ((first, "Hello there."), (second, "Hello again.")):
        library.save_transcript(number, make_transcript(text, speaker="Speaker 1"))
    library.save_voices(first, [heard(0, "Speaker 1", 0)], encoder="a")
    known = library.known_voices(FEED)[0].id
    brief = heard(1, "Speaker 2", 1, seconds=2.0)
    library.save_voices(second, [heard(0, "Speaker 1", 0, known=known), brief], encoder="a")
    assert library.name_speaker(first, "Speaker 1", " Anna  Berg ") == 2
    for number in (first, second):
        transcript = library.transcript(number)
        assert transcript is not None
        assert transcript.segments[0].speaker == "Anna Berg"
    assert library.name_speaker(second, "Speaker 2", "Tom Riis") == 1
    assert {voice.label for voice in library.episode_voices(second)} == {"Anna Berg", "Tom Riis"}
    for label, name, fault in (("Speaker 9", "Liv", "No speaker is called"), ("Anna Berg", " ", "empty")):
        with pytest.raises(UsageError, match=fault):
            library.name_speaker(first, label, name)


def test_a_voice_that_is_not_there_cannot_be_named(library: Library) -> None:
    with pytest.raises(LibraryError, match="no voice 7"):
        library.name_voice(7, "Anna Berg")


def test_the_command_lists_and_names_voices(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Library(path) as library:
        number = library.remember_episode(make_episode(title="On touch"))
        library.save_voices(number, [heard(0, "Speaker 1", 0)], encoder="a")
    assert main(["voices", FEED, "--library", str(path)]) == 0
    assert "not named yet" in (listed := capsys.readouterr().out)
    assert "“On touch”" in listed
    assert main(["voices", FEED, "--name", "1", "Anna Berg", "--library", str(path)]) == 0
    assert main(["voices", FEED, "--json", "--library", str(path)]) == 0
    assert '"name": "Anna Berg"' in capsys.readouterr().out
    assert main(["voices", FEED, "--name", "2", "Tom Riis", "--library", str(path)]) != 0
    assert main(["voices", FEED, "--clip", "1", "--library", str(path)]) != 0
    assert "has been deleted" in capsys.readouterr().err
