"""Corrections in the library: kept beside the words as heard, seen by everything that reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podnotes import Findings, LibraryError, Passage, UsageError
from tests.library.conftest import FEED, export, make_episode, make_transcript

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podnotes.library import Library

HEARD = "Pain begins with no susception.\nNo susception is not pain."


def words(library: Library, number: int, *, as_heard: bool = False) -> str:
    transcript = library.transcript(number, as_heard=as_heard)
    assert transcript is not None
    return transcript.text


def found(library: Library, query: str) -> list[str]:
    return [sentence.text for result in library.search(query) for sentence in result.sentences]


def test_an_episode_is_read_with_its_corrections(library: Library, transcribed: Callable[..., int]) -> None:
    one, two = transcribed(HEARD), transcribed(HEARD)
    result = library.correct("No Susception", "nociception", episode_id=one)
    assert (result.places, result.episodes) == (2, 1)
    assert words(library, one) == "Pain begins with nociception. Nociception is not pain."
    assert words(library, one, as_heard=True) == HEARD.replace("\n", " ")
    assert words(library, two) == HEARD.replace("\n", " ")
    assert found(library, "nociception") == ["Pain begins with nociception.", "Nociception is not pain."]
    assert library.check().damage == ()


def test_a_show_is_read_with_its_corrections_also_later(library: Library, transcribed: Callable[..., int]) -> None:
    one = transcribed(HEARD)
    result = library.correct("no susception", "nociception", feed=FEED)
    assert (result.places, result.episodes) == (2, 1)
    two, other = transcribed(HEARD), transcribed(HEARD, feed="https://other.example/feed")
    assert "nociception" in words(library, two)
    assert "nociception" not in words(library, other)
    library.save_transcript(one, make_transcript("Again no susception was recognised."))
    assert words(library, one) == "Again nociception was recognised."
    assert len(found(library, "nociception")) == 3


def test_what_is_taken_back_is_as_it_was(library: Library, transcribed: Callable[..., int]) -> None:
    number = transcribed(HEARD)
    known = library.correct("no susception", "nociception", episode_id=number).correction
    assert library.corrections(number) == library.corrections() == (known,)
    assert library.undo_correction(known.number) == known
    assert words(library, number) == words(library, number, as_heard=True)
    assert found(library, "nociception") == []
    assert found(library, "susception") != []
    with pytest.raises(UsageError, match="no correction"):
        library.undo_correction(known.number)
    newer = library.correct("no susception", "nociception", episode_id=number).correction
    assert newer.number > known.number


def test_the_same_words_again_replace_the_correction(library: Library, transcribed: Callable[..., int]) -> None:
    number = transcribed(HEARD)
    library.correct("no susception", "perception", episode_id=number)
    library.correct("NO  susception", "nociception", episode_id=number)
    assert [one.right for one in library.corrections()] == ["nociception"]
    assert found(library, "perception") == []


def test_findings_and_drafts_are_no_longer_current(
    library: Library, transcribed: Callable[..., int], tmp_path: Path
) -> None:
    one, two = transcribed(HEARD), transcribed("Nothing of the kind is said.")
    for number in (one, two):
        findings = Findings((Passage("pain", 0.0, 2.0, 0.9, "…"),), (), 5.0)
        library.save_findings(number, findings, "hash")
        library.mark_done(number, "recipe", folder=tmp_path)
    library.correct("no susception", "nociception", feed=FEED)
    assert library.findings(one, "hash") is None
    assert library.findings(two, "hash") is not None
    assert not library.is_done(one, "recipe", folder=tmp_path)
    assert library.is_done(one, None, folder=tmp_path)
    assert library.is_done(two, "recipe", folder=tmp_path)
    # Until they are looked for again, searching by topic still finds what was on it.
    assert [result.episode.guid for result in library.search("nociception", topic="pain")] == ["guid-1"]


def test_corrected_words_are_never_saved_as_heard(library: Library, transcribed: Callable[..., int]) -> None:
    number = transcribed(HEARD, speaker="Voice 1")
    library.correct("no susception", "nociception", episode_id=number)
    corrected = library.transcript(number)
    assert corrected is not None
    with pytest.raises(LibraryError, match="as_heard"):
        library.save_transcript(number, corrected)
    library.name_speaker(number, "Voice 1", "Anna")
    renamed = library.transcript(number, as_heard=True)
    assert renamed is not None
    assert renamed.text == HEARD.replace("\n", " ")
    assert renamed.segments[0].speaker == "Anna"


@pytest.mark.parametrize(
    ("heard", "right", "message"),
    [
        ("", "x", "which words"),
        (" … ", "x", "which words"),
        ("pain", " ", "instead of"),
        ("pain", "?!", "instead of"),
        ("pain", "pain", "already"),
        ("p.*n", "x", "does not occur"),
        ("endorphin", "x", "does not occur"),
        ("pain no", "x", "does not occur"),
        ("nociception", "x", "it is what you put for"),
    ],
)
def test_what_cannot_be_corrected_is_refused(
    library: Library, transcribed: Callable[..., int], heard: str, right: str, message: str
) -> None:
    number = transcribed(HEARD)
    library.correct("no susception", "nociception", episode_id=number)
    with pytest.raises(UsageError, match=message):
        library.correct(heard, right, episode_id=number)
    assert len(library.corrections()) == 1


def test_where_it_is_to_apply_must_be_known(library: Library, transcribed: Callable[..., int]) -> None:
    number = transcribed(HEARD)
    with pytest.raises(UsageError, match=r"not heard at 1:00, but at 0:0"):
        library.correct("no susception", "x", episode_id=number, at=60.0)
    with pytest.raises(UsageError, match="not the address"):
        library.correct("no susception", "x", feed="https://nobody.example/")
    with pytest.raises(UsageError, match="one episode or"):
        library.correct("no susception", "x")
    with pytest.raises(LibraryError, match="no episode 99"):
        library.correct("no susception", "x", episode_id=99)
    silent = library.remember_episode(make_episode(20))
    with pytest.raises(UsageError, match="not been transcribed"):
        library.correct("no susception", "x", episode_id=silent)


def test_they_go_with_an_export(library: Library, transcribed: Callable[..., int]) -> None:
    one = transcribed(HEARD)
    library.correct("no susception", "nociception", feed=FEED)
    library.correct("pain", "ache", episode_id=one, at=0.0)
    lines = [line for line in export(library) if '"kind":"correction"' in line]
    assert len(lines) == 2
    assert "nociception" in lines[0]
    assert "ache" in lines[1]


def test_they_go_with_what_is_forgotten(library: Library, transcribed: Callable[..., int]) -> None:
    one = transcribed(HEARD)
    library.correct("no susception", "nociception", feed=FEED)
    library.correct("pain", "ache", episode_id=one)
    library.forget_feed(FEED)
    assert library.corrections() == ()
