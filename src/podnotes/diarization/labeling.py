"""Label a transcript with speakers and their names in one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podnotes.diarization.assignment import assign_speakers, named_voices
from podnotes.diarization.naming import Naming, Utterance, name_voices
from podnotes.diarization.turns import exclusive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podnotes.diarization.diarizer import Diarization
    from podnotes.diarization.enrollment import KnownVoice
    from podnotes.diarization.turns import Turn
    from podnotes.models import Episode, Transcript

# If the speaker is uncertain for a larger share of the speech, nobody is named.
_UNCLEAR_SHARE = 0.5
_UNCLEAR = (
    "The speakers in most of this recording can't be told apart reliably (too much overlap, or too far from the "
    "microphone), so nobody is named."
)

#: Key in a transcript's details for the number of speakers.
DETAIL = "speakers"


@dataclass(frozen=True, slots=True)
class Labeled:
    """A transcript with speakers.

    Attributes:
        transcript: Each segment has one speaker: a name, "Speaker 1" or, if uncertain, None.
        labels: Speaker of the transcript by index of the voice, in order of first appearance.
        namings: Name and reason by index of the voice.
    """

    transcript: Transcript
    labels: dict[int, str]
    namings: dict[int, Naming]


def label_speakers(
    transcript: Transcript,
    diarization: Diarization,
    episode: Episode | None = None,
    known: Mapping[int, KnownVoice] | None = None,
) -> Labeled:
    """Label a transcript's segments with speakers; segments that already have one keep it.

    Args:
        transcript: The transcript; segments with word times are split where the speaker changes.
        diarization: The turns and voices of the episode.
        episode: The feed's information about the people, or None.
        known: Known voices of the show, by index of the episode's voice.

    Returns:
        The transcript with speakers; without any, and with a warning, if most of the speech can't be assigned.
    """
    if _is_unclear(diarization.turns):
        details, warnings = {**transcript.details, DETAIL: "0"}, (*transcript.warnings, _UNCLEAR)
        return Labeled(replace(transcript, details=details, warnings=warnings), {}, {})
    in_order = dict.fromkeys(turn.voice for turn in diarization.turns)
    numbered = {voice: f"Speaker {place}" for place, voice in enumerate(in_order, start=1)}
    cut = assign_speakers(transcript, diarization.turns, numbered)
    seconds = [voice.seconds for voice in diarization.voices]
    given = named_voices(transcript, diarization.turns)
    namings = name_voices(_utterances(cut, numbered), seconds, episode, known, given)
    labels = {voice: namings[voice].name or label for voice, label in numbered.items()}
    called = {numbered[voice]: label for voice, label in labels.items()}
    segments = tuple(
        replace(segment, speaker=called.get(segment.speaker, segment.speaker)) if segment.speaker else segment
        for segment in cut.segments
    )
    details = {**transcript.details, DETAIL: str(len(labels))}
    return Labeled(replace(cut, segments=segments, details=details), labels, namings)


def _is_unclear(turns: Sequence[Turn]) -> bool:
    alone = exclusive(turns)
    unclear = sum(turn.end - turn.start for turn in alone if not turn.certain)
    return unclear > _UNCLEAR_SHARE * sum(turn.end - turn.start for turn in alone)


def _utterances(transcript: Transcript, labels: Mapping[int, str]) -> list[Utterance]:
    voices = {label: voice for voice, label in labels.items()}
    joined: list[Utterance] = []
    for segment in transcript.segments:
        voice = voices.get(segment.speaker or "")
        if joined and joined[-1].voice == voice:
            joined[-1] = Utterance(voice, f"{joined[-1].text} {segment.text}")
        else:
            joined.append(Utterance(voice, segment.text))
    return joined
