"""Measure the quality of quotes in drafts against a person's annotations.

    python -m benchmarks.quotes LABELS [--transcripts DIR ...] [--models DIR ...] [--json]

LABELS is a folder as described in tools/quote_labels.py. Without ``--models``, the included model is measured on all
episodes, including its training data. Each folder of ``--models`` has a model made by ``tools/train_quotability.py
--leave-out``, which is measured only on the episodes that were left out.

keep, mend: shares of quotes that the annotator would keep or edit; worth: keep + mend / 2; highlight: share of quotes
with one of the best spans; in place: share of kept quotes on the pack's first topics that are under the topic chosen by
the annotator; points: share of the episode's main points covered by a quote; best: share of the best spans (at most
twelve per episode) that are in the draft.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

from tools.quote_labels import Labels, judge, length, overlap, read_labels

from podnotes import compose_note, find_passages, load_topics, read_transcript
from podnotes.models import Episode
from podnotes.quotability import rating

MOST_BEST = 12


def measure(labels: Labels) -> Counter[str]:
    """Draft an episode and judge its quotes."""
    topics = load_topics("bodywork")
    transcript = read_transcript(labels.transcript)
    findings = find_passages(transcript, topics)
    note = compose_note(Episode(labels.name, labels.name), findings, transcript, topics)
    first = {topic.id for topic in topics if not topic.secondary}
    counts: Counter[str] = Counter(episodes=1)
    told = []
    for section in note.sections:
        for quote in section.quotes:
            start, end = quote.passage.start, quote.passage.end
            judgement = judge(start, end, labels.spans)
            told.append((start, end))
            counts["quotes"] += 1
            counts["worth2"] += round(2 * judgement.worth)
            counts["keep"] += judgement.worth == 1
            counts["highlight"] += judgement.highlight
            if judgement.worth == 1:
                topic = judgement.topic.replace("_", "-")
                counts["in place"] += topic == section.topic.id or (topic == "other" and section.topic.id not in first)
    counts["points"] = sum(any(overlap(*quote, key) >= 0.5 * length(key) for quote in told) for key in labels.key)
    counts["all points"] = len(labels.key)
    best = [span for span in labels.spans if span["grade"] == 3 and span["topic"].replace("_", "-") in first]
    counts["all best"] = min(MOST_BEST, len(best))
    found = sum(any(overlap(*quote, span) >= 0.6 * length(span) for quote in told) for span in best)
    counts["best"] = min(MOST_BEST, found)
    return counts


def figures(counts: Counter[str]) -> dict[str, float]:
    """Convert counts to shares."""

    def share(part: float, whole: str) -> float:
        return round(part / counts[whole], 3) if counts[whole] else 0.0

    return {
        "episodes": counts["episodes"],
        "quotes": share(counts["quotes"], "episodes"),
        "keep": share(counts["keep"], "quotes"),
        "worth": share(counts["worth2"] / 2, "quotes"),
        "highlight": share(counts["highlight"], "quotes"),
        "in place": share(counts["in place"], "keep"),
        "points": share(counts["points"], "all points"),
        "best": share(counts["best"], "all best"),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--transcripts", type=Path, nargs="*", default=[])
    parser.add_argument("--models", type=Path, nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    labelled = read_labels(options.labels, options.transcripts)
    by_show: dict[str, Counter[str]] = {}
    for model in options.models or [None]:
        left_out: list[str] | None = None
        if model is not None:
            rating.MODEL = model
            left_out = (model / "left_out.txt").read_text(encoding="utf-8").split()
        for labels in labelled:
            if left_out is None or labels.name in left_out:
                counts = measure(labels)
                # The leading letters of a name identify the podcast.
                show = re.match(r"[a-z]*", labels.name)
                for key in (show[0] if show else "", "all"):
                    by_show.setdefault(key, Counter()).update(counts)
                print(f"{labels.name}: {figures(counts)}", file=sys.stderr, flush=True)
    table = {show: figures(counts) for show, counts in by_show.items()}
    if options.json:
        print(json.dumps(table))
        return 0
    print(f"{'':8}" + "".join(f"{name:>10}" for name in next(iter(table.values()), {})))
    for show, row in table.items():
        print(f"{show:8}" + "".join(f"{value:>10}" for value in row.values()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
