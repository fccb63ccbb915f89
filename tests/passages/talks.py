"""Transcripts for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

from podnotes.models import Segment, Transcript

HERE = Path(__file__).resolve().parent
WORDS_A_SECOND = 160 / 60


def _paragraphs() -> dict[str, str]:
    """Paragraphs of paragraphs.txt by their names."""
    found: dict[str, str] = {}
    name = ""
    for line in (HERE / "paragraphs.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            name = line.removeprefix("@ ")
        elif line and not line.startswith("#"):
            found[name] = line
    return found


PARAGRAPHS = _paragraphs()
# More than half a minute each on nothing of interest, for what stands around.
FILLER = tuple(PARAGRAPHS[name] for name in ("trains", "street", "garden", "museum"))


def spoken(*texts: str, speaker: str | None = None, start: float = 0.0, language: str | None = None) -> Transcript:
    """A transcript with one cue a text, spoken at 160 words a minute without pauses."""
    segments = []
    at = start
    for text in texts:
        end = at + len(text.split()) / WORDS_A_SECOND
        segments.append(Segment(at, end, text, speaker=speaker))
        at = end
    return Transcript(tuple(segments), at, language=language)


def annotated_episode() -> tuple[Transcript, list[tuple[float, float, dict[str, int]]]]:
    """The episode of our own writing, with start, end and grades by topic of each paragraph."""
    grades: list[dict[str, int]] = []
    texts: list[str] = []
    for line in (HERE / "annotated_episode.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            given = (pair.split("=") for pair in line[1:].split())
            grades.append({topic: int(grade) for topic, grade in given})
        elif line and not line.startswith("#"):
            texts.append(line)
    transcript = spoken(*texts)
    return transcript, [(s.start, s.end, g) for s, g in zip(transcript.segments, grades, strict=True)]
