"""Speakers the whole way: from audio with two people to transcripts and drafts, and left out when not wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions, Library, QualityFlag, Step, draft_notes, read_transcript
from podnotes.cli import main
from podnotes.errors import ModelError
from tests.diarization.talks import MAN, WOMAN, Document, needs_espeak, talk, write_wav

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podnotes import Event, Segment

pytestmark = [pytest.mark.speech, needs_espeak]

LABELS = {WOMAN: "Speaker 1", MAN: "Speaker 2"}


@pytest.fixture(scope="module")
def spoken() -> Document:
    return talk(
        (WOMAN, "Welcome back to the podcast. Today we talk about pain and about endorphins."),
        (MAN, "Endorphins are the painkillers of the body. The body makes endorphins when you run."),
        (WOMAN, "What does slow touch do to the nervous system?"),
    )


def wrong(segments: Sequence[Segment], spoken: Document) -> list[Segment]:
    """Segments with words that aren't signed with who speaks in their middle."""
    found = []
    for segment in segments:
        middle = (segment.start + segment.end) / 2
        who = min(spoken.turns, key=lambda turn: max(turn[0] - middle, middle - turn[1], 0.0))[2]
        if segment.doubt is not QualityFlag.UNINTELLIGIBLE and segment.speaker != LABELS[who]:
            found.append(segment)
    return found


def test_a_transcript_says_who_speaks(tmp_path: Path, spoken: Document, speech_model: Path) -> None:
    audio, written = write_wav(tmp_path / "talk.wav", spoken.samples), tmp_path / "talk.vtt"
    command = ["transcribe", str(audio), "--model", str(speech_model), "-o", str(written), "-q"]
    assert main(command) == 0
    assert wrong(read_transcript(written).segments, spoken) == []
    assert main([*command, "--no-speakers", "--force"]) == 0
    assert {segment.speaker for segment in read_transcript(written).segments} == {None}


def test_a_run_tells_who_speaks_and_remembers_it(tmp_path: Path, spoken: Document, speech_model: Path) -> None:
    audio = write_wav(tmp_path / "talk.wav", spoken.samples)
    events: list[Event] = []
    with Library(tmp_path / "library.sqlite3") as library:
        without = DraftOptions(model=str(speech_model), speakers=False)
        (result,) = draft_notes(str(audio), out=tmp_path / "drafts", library=library, options=without)
        assert result.transcript is not None
        assert {segment.speaker for segment in result.transcript.segments} == {None}
        number = library.find_episodes()[0].id
        assert library.episode_voices(number) == ()
        # What was recognised before gets its speakers when asked for it.
        again = DraftOptions(model=str(speech_model), again=True)
        (result,) = draft_notes(
            str(audio), out=tmp_path / "drafts", library=library, options=again, on_event=events.append
        )
        assert result.transcript is not None
        assert wrong(result.transcript.segments, spoken) == []
        assert Step.SPEAKERS in {event.step for event in events}
        assert Step.RECOGNISE not in {event.step for event in events}
        assert sorted(voice.label for voice in library.episode_voices(number)) == ["Speaker 1", "Speaker 2"]
        assert library.transcript(number) == result.transcript


def test_a_show_without_known_voices_is_said_to_have_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = str(tmp_path / "library.sqlite3")
    assert main(["voices", "https://example.org/feed.xml", "--library", library]) != 0
    assert "No voice of https://example.org/feed.xml is known yet" in capsys.readouterr().err


def test_a_speaker_model_that_is_not_there_is_refused_before_anything_is_recognised(
    tmp_path: Path, spoken: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    audio = str(write_wav(tmp_path / "talk.wav", spoken.samples))
    with pytest.raises(ModelError, match=r"There is no speaker model nowhere\.onnx"):
        draft_notes(audio, out=tmp_path, options=DraftOptions(model="nowhere", speaker_model="nowhere.onnx"))
    assert main(["transcribe", audio, "--model", "nowhere", "--speaker-model", "nowhere.onnx", "-q"]) == 1
    assert "There is no speaker model nowhere.onnx" in capsys.readouterr().err
