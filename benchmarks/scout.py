"""Scout, then quote: what is lost when a quick model looks for the passages, and how much is heard twice.

    python benchmarks/scout.py                          the table of docs/speech.md
    python benchmarks/scout.py --errors even            with mistakes that fall on any word alike
    python benchmarks/scout.py --leave-one-out          the rule's numbers chosen without the episode they are tried on

The transcripts are not part of the project (they are other people's words). They are looked for in the folder that
PODNOTES_EVAL names, or in ``shared/eval`` beside the checkout. They are made worse as a small model would
(``mishearing.py``), passages are found in that, what is worth hearing again is put back as it was, and passages are
found in the mixture. What counts:

audio       Share of the audio that the better model hears, context included.
windows     The same in the windows of a real model, which cost alike whether they are full or not.
covered     Of the five best passages of each topic in the transcript as it was: share of which at least half of the
            time is heard again. Five, because a draft takes the quotes of a topic from its best passages.
returned    The same, when `find_passages` finds it again in the mixture: on the same topic, and at least half of the
            shorter of the two passages lies in the other.
worth       Where much is nearly as good, another five come first. Score of the five best that are returned, whichever
            they are, as a share of the score of the five best that there were.
P@5         Share of the five best whose minutes people judged to be on the topic, for the four topics that were judged.

Scores are those in the transcript as it was.
"""

from __future__ import annotations

import argparse
import math
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import quality
from mishearing import Ear, mishear_evenly

from podnotes import find_passages, load_topics, read_transcript
from podnotes.models import Doubt
from podnotes.passages.scoring import EASED
from podnotes.speech.spans import CONTEXT_SECONDS, widened, worth_hearing_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Findings, Passage, Topic, Transcript

ROOT = Path(__file__).resolve().parent.parent
BEST = 5
# Windows of 30 seconds end at pauses.
WINDOW = 28.0
Span = tuple[float, float]
# What is tried for the leave-one-out figures.
MARGINS, SHARED = (0.05, 0.08, 0.12, 0.16, 0.2), (60, 80, 100, 120)
BUDGET = 0.3


@dataclass(frozen=True)
class Trial:
    """An episode, as it was and as the scout heard it.

    Attributes:
        said: The transcript as it was.
        heard: What the scout made of it.
        whole: All passages on the topics in ``said``.
        candidates: What may be passages, in ``heard``.
    """

    said: Transcript
    heard: Transcript
    whole: Findings
    candidates: Findings

    def best(self, topic: str) -> list[Passage]:
        """The best passages on a topic as it was."""
        return [passage for passage in self.whole.passages if passage.topic == topic][:BEST]


@dataclass(frozen=True)
class Outcome:
    """What came of an episode: seconds, counts and scores, to be added up."""

    seconds: float
    again: float
    windows: float
    windows_again: int
    passages: int
    covered: int
    returned: int
    score: float
    score_left: float


def trial(said: Transcript, heard: Transcript, topics: Sequence[Topic]) -> Trial:
    """Prepare an episode."""
    return Trial(said, heard, find_passages(said, topics), find_passages(heard, topics, scale=EASED))


def again(one: Trial, **rule: float) -> list[Span]:
    """What the better model hears, with its context."""
    near = worth_hearing_again(one.candidates, best=BEST, **rule)  # type: ignore[arg-type]  # numbers of the grid
    return widened(near, one.heard, CONTEXT_SECONDS)


def mixture(one: Trial, spans: Sequence[Span]) -> Transcript:
    """The transcript after the second pass: as it was inside the spans, as the scout heard it elsewhere."""

    def inside(middle: float) -> bool:
        return any(start <= middle <= end for start, end in spans)

    scouted = [replace(s, doubt=Doubt.SCOUTED) for s in one.heard.segments if not inside((s.start + s.end) / 2)]
    better = [s for s in one.said.segments if inside((s.start + s.end) / 2)]
    return replace(one.said, segments=tuple(sorted([*scouted, *better], key=lambda s: s.start)))


def outcome(one: Trial, spans: Sequence[Span], topics: Sequence[Topic], *, find_again: bool = True) -> Outcome:
    """Count what is heard twice and what is still found.

    Args:
        one: The episode.
        spans: What is heard again.
        topics: What is looked for.
        find_again: Whether passages are looked for in the mixture, which takes time.
    """
    found = find_passages(mixture(one, spans), topics).passages if find_again else ()
    total = covered = returned = 0
    score = left = 0.0
    for topic in topics:
        back = [passage for passage in found if passage.topic == topic.id]
        best = one.best(topic.id)
        total += len(best)
        covered += sum(share((p.start, p.end), spans) >= 0.5 for p in best)
        returned += sum(any(same(p, other) for other in back) for p in best)
        score += sum(p.score for p in best)
        there = [p for p in one.whole.passages if p.topic == topic.id and any(same(p, other) for other in back)]
        left += sum(p.score for p in there[:BEST])
    heard = sum(end - start for start, end in spans)
    windows = sum(math.ceil((end - start) / WINDOW) for start, end in spans)
    seconds = one.said.duration
    return Outcome(seconds, heard, seconds / WINDOW, windows, total, covered, returned, score, left)


def share(span: Span, spans: Iterable[Span]) -> float:
    """Share of a span that lies in others, none of which overlap."""
    inside = sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in spans)
    return inside / max(0.001, span[1] - span[0])


def same(one: Passage, other: Passage) -> bool:
    """Whether at least half of the shorter of two passages lies in the other."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return common >= 0.5 * min(one.end - one.start, other.end - other.start)


def summed(outcomes: Sequence[Outcome]) -> str:
    """Shares over all episodes, as cells of a table."""
    rows = [asdict(one) for one in outcomes]
    all_of = {name: sum(row[name] for row in rows) for name in rows[0]}
    shares = [
        ("again", "seconds"),
        ("windows_again", "windows"),
        ("covered", "passages"),
        ("returned", "passages"),
        ("score_left", "score"),
    ]
    return " | ".join(f"{all_of[part] / max(all_of[of], 1e-9):.1%}" for part, of in shares)


def graded(data: Path, found: dict[str, Findings]) -> float:
    """Mean precision of the five best by people's judgements."""
    predictions = {name: [asdict(passage) for passage in findings.passages] for name, findings in found.items()}
    return float(quality.score(data, predictions)["p5_on"])


def leave_one_out(trials: Sequence[Trial], topics: Sequence[Topic]) -> list[Outcome]:
    """Choose margin and number without the episode that they are tried on: most covered within the budget."""
    rules = [{"margin": margin, "most": most} for margin in MARGINS for most in SHARED]
    counted = [[outcome(one, again(one, **rule), topics, find_again=False) for one in trials] for rule in rules]
    results = []
    for left_out, one in enumerate(trials):
        best, most_covered = rules[0], -1.0
        for rule, outcomes in zip(rules, counted, strict=True):
            others = [item for index, item in enumerate(outcomes) if index != left_out]
            audio = sum(item.again for item in others) / sum(item.seconds for item in others)
            covered = fmean(item.covered / max(1, item.passages) for item in others)
            if audio <= BUDGET and covered > most_covered:
                best, most_covered = rule, covered
        results.append(outcome(one, again(one, **best), topics))
    return results


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PODNOTES_EVAL", ROOT.parent / "shared/eval")))
    parser.add_argument("--rates", type=float, nargs="+", default=[0.10, 0.15, 0.20], help="word error rates")
    parser.add_argument("--errors", choices=["heard", "even"], default="heard", help="as a model mishears, or any word")
    parser.add_argument("--leave-one-out", action="store_true")
    given = parser.parse_args()
    names = sorted((given.data / "topics-dev").glob("*.vtt"))
    if not names:
        print(f"There are no labelled transcripts in {given.data}; name their folder with --data or PODNOTES_EVAL.")
        return 1
    said = [read_transcript(name) for name in names]
    others = [read_transcript(name) for name in sorted((given.data / "offtopic-dev").glob("*.vtt"))]
    ear = Ear.trained_on([*said, *others])
    pack = load_topics("bodywork")
    for topics in (quality.bodywork(), list(pack)):
        judged = len(topics) == len(quality.QUERIES) and not given.leave_one_out
        print(f"\n{len(said)} episodes; {', '.join(topic.id for topic in topics)}\n")
        if judged:
            full = graded(given.data, {n.stem: find_passages(t, topics) for n, t in zip(names, said, strict=True)})
            print(f"P@5 in the transcripts as they were: {full:.3f}\n")
        print(
            "| words wrong | audio | windows | covered | returned | worth |"
            + (" P@5 | P@5 of the scout alone |" if judged else "")
        )
        print("|---|---|---|---|---|---|" + ("---|---|" if judged else ""))
        for rate in given.rates:
            mishear = ear.mishear if given.errors == "heard" else mishear_evenly
            heard = [mishear(one, rate, seed)[0] for seed, one in enumerate(said)]
            trials = [trial(one, worse, topics) for one, worse in zip(said, heard, strict=True)]
            if given.leave_one_out:
                print(f"| {rate:.0%} | {summed(leave_one_out(trials, topics))} |", flush=True)
                continue
            spans = [again(one) for one in trials]
            cells = summed([outcome(one, of_it, topics) for one, of_it in zip(trials, spans, strict=True)])
            if judged:
                mixed = [find_passages(mixture(one, of_it), topics) for one, of_it in zip(trials, spans, strict=True)]
                alone = [find_passages(one, topics) for one in heard]
                for findings in (mixed, alone):
                    by_name = {name.stem: one for name, one in zip(names, findings, strict=True)}
                    cells += f" | {graded(given.data, by_name):.3f}"
            print(f"| {rate:.0%} | {cells} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
