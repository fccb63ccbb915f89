"""The sample podcast says which of its sentences are sponsor reads: what is skipped must be those, and no talk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podnotes.ads.detection import find_skipped, fingerprints
from podnotes.models import Segment, Transcript
from podnotes.text.sentences import Sentence, sentences

TRUTH = Path(__file__).resolve().parents[2] / "examples" / "sample_podcast" / "truth"
EPISODES = sorted(TRUTH.glob("*.json"))


def overlap(start: float, end: float, spans: list[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, until) - max(start, since)) for since, until in spans)


def spoken(path: Path, *, speakers: bool) -> tuple[Sentence, ...]:
    truth = json.loads(path.read_text(encoding="utf-8"))
    segments = tuple(
        Segment(one["start"], one["end"], one["text"], speaker=one["speaker"] if speakers else None)
        for one in truth["sentences"]
    )
    return sentences(Transcript(segments, truth["duration"], "en"))


@pytest.mark.parametrize("others", [False, True], ids=["alone", "after-others"])
@pytest.mark.parametrize("speakers", [True, False], ids=["speakers", "no-speakers"])
@pytest.mark.parametrize("path", EPISODES, ids=lambda path: path.stem)
def test_sponsor_reads_of_a_short_episode_are_skipped_and_its_talk_is_not(
    path: Path, speakers: bool, others: bool
) -> None:
    truth = json.loads(path.read_text(encoding="utf-8"))
    # The hosts of the sample have favourite sentences, which come in several episodes.
    known = [fingerprints(spoken(other, speakers=speakers)) for other in EPISODES if others and other != path]
    skipped = find_skipped(spoken(path, speakers=speakers), known_reads=known)
    ads = [(one.start, one.end) for one in skipped if one.kind == "ad"]
    everything = [(one.start, one.end) for one in skipped]
    for one in truth["sentences"]:
        length = one["end"] - one["start"]
        if one["kind"] == "sponsor":
            assert overlap(one["start"], one["end"], ads) > 0.9 * length, one["text"]
    talk = [one for one in truth["sentences"] if one["kind"] == "talk"]
    lost = sum(overlap(one["start"], one["end"], everything) for one in talk)
    # The welcome and the goodbye, and the line that leads back, may go; the conversation may not.
    assert lost < 25.0, [one["text"] for one in talk if overlap(one["start"], one["end"], everything) > 1]
