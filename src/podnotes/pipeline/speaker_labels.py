"""Speaker labels in a run: diarization, naming, and matching with voices of other episodes of the podcast."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from podnotes.pipeline.results import Event, Step
from podnotes.pipeline.transcription import content_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podnotes.diarization.diarizer import Diarization
    from podnotes.diarization.enrollment import KnownVoice
    from podnotes.diarization.labeling import Labeled
    from podnotes.library import Library
    from podnotes.models import Episode, Transcript

# Maximum length of a clip of a voice.
_CLIP_SECONDS = 8.0


def needs_speakers(transcript: Transcript) -> bool:
    """Tell whether a transcript needs speaker labels: recognised by podnotes, not diarized yet."""
    from podnotes.diarization.labeling import DETAIL

    return transcript.source == "recognised" and transcript.timed and DETAIL not in transcript.details


def add_speakers(
    number: int,
    episode: Episode,
    audio: Path,
    transcript: Transcript,
    library: Library,
    *,
    model: str | None = None,
    tell: Callable[[Event], None],
) -> Transcript:
    """Label the speakers of an episode, resuming after saved chunks.

    Chunks and voices are saved in the library. ``model`` is the path of a speaker embedding model; None for the
    included one.

    Returns:
        The transcript with speakers; segments are split at changes of speaker.
    """
    from podnotes.diarization.diarizer import CHUNK_VERSION, diarize
    from podnotes.diarization.enrollment import match_voices
    from podnotes.diarization.labeling import label_speakers
    from podnotes.diarization.networks import speaker_model_id

    encoder = speaker_model_id(model)
    recipe = f"{encoder} {CHUNK_VERSION} {content_of(audio)}"
    result = diarize(
        audio,
        model,
        done=library.voice_chunks(number, recipe),
        on_chunk=partial(library.save_voice_chunk, number, recipe),
        on_progress=lambda done: tell(Event(episode, Step.SPEAKERS, done, transcript.duration)),
    )
    known = match_voices(result.voices, library.known_voices(episode.feed_url, encoder)) if episode.feed_url else {}
    labeled = label_speakers(transcript, result, episode, known)
    _remember(number, result, labeled, known, encoder, library)
    return labeled.transcript


def _remember(
    number: int,
    result: Diarization,
    labeled: Labeled,
    known: dict[int, KnownVoice],
    encoder: str,
    library: Library,
) -> None:
    from podnotes.library.voiceprints import EpisodeVoice

    voices = []
    for voice, label in labeled.labels.items():
        own = [turn for turn in result.turns if turn.voice == voice]
        shown = max(own, key=lambda turn: (turn.certain, turn.end - turn.start))
        voices.append(
            EpisodeVoice(
                voice,
                label,
                labeled.namings[voice].reason,
                result.voices[voice].seconds,
                result.voices[voice].vector,
                shown.start,
                min(shown.end, shown.start + _CLIP_SECONDS),
                known[voice].id if voice in known else None,
            )
        )
    library.save_voices(number, voices, encoder=encoder)
