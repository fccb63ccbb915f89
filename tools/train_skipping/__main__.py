"""The command ``python -m tools.train_skipping``; see the package's docstring."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.sparse import csr_matrix

from podnotes.ads.viterbi import AD, CONTENT, SIDES, STATES, STEPS, Weights, read_weights
from podnotes.passages import find_passages
from podnotes.topics import load_topics
from podnotes.transcripts.formats import read_transcript
from tools.train_skipping.episodes import OWN, Episode, labelled, made, podcast, talk_of, texts
from tools.train_skipping.field import Learned, Pieces, learn

WEIGHTS = Path(__file__).parents[2] / "src" / "podnotes" / "ads" / "weights.tsv"
SEED = 1
TIMES = 2  # number of uses of each of our own texts
ROUNDS = 60
# Penalty of the weights for a read, its beginning, its end, and housekeeping; a tenth for context features.
PENALTY = np.array([1.0, 2.0, 2.0, 1.0])
SOURCES = 2  # minimum number of reads or housekeeping spans with a phrase
LEAST = 0.03  # minimum magnitude of a weight
LONGEST = 220  # approximate number of sentences per sequence
# Share of sequences without reads that are used, and their weight.
TALK_KEPT, TALK = 0.15, 3.0
# Podcasts with many labelled episodes, which share hosts and sponsors, count half.
MANY = 10


def main() -> None:
    """Learn or judge."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_skipping", description="Learn what is skipped.")
    commands = parser.add_subparsers(dest="command", required=True)
    learning = commands.add_parser("learn", help="learn from all episodes and write the weights")
    judging = commands.add_parser("judge", help="predict skipped spans in each episode with its podcast held out")
    for command in (learning, judging):
        command.add_argument("--labelled", type=Path, nargs="+", required=True, help="folders of labelled episodes")
        command.add_argument("--talk", type=Path, nargs="*", default=[], help="folders of episodes without reads")
    learning.add_argument("--to", type=Path, default=WEIGHTS, help="output file for the weights")
    judging.add_argument("--to", type=Path, required=True, help="output folder for predictions, one file per episode")
    judging.add_argument("--podcast", action="append", help="only this podcast (repeatable)")
    options = parser.parse_args()
    files = [file for folder in options.labelled for file in sorted(folder.glob("*.vtt"))]
    talk = [file for folder in options.talk for file in sorted(folder.glob("*.vtt"))]
    episodes = [labelled(file) for file in [*files, *talk]]
    episodes += [labelled(file, captions=True) for file in files]
    if options.command == "learn":
        options.to.write_text(learned_from(episodes), encoding="utf-8")
        return
    for left_out in options.podcast or sorted({podcast(file.stem) for file in files}):
        learned = read_weights(learned_from([one for one in episodes if one.podcast != left_out]))
        for file in files:
            if podcast(file.stem) == left_out:
                _predict(file, options.to / file.parent.name, learned)
        print(left_out, flush=True)


def _predict(file: Path, folder: Path, learned: Weights) -> None:
    with patch("podnotes.ads.detection.weights", return_value=learned):
        found = find_passages(read_transcript(file), load_topics("bodywork"))
    passages = [
        {"topic": one.topic, "start": one.start, "end": one.end, "score": one.score, "text": one.text}
        for one in found.passages
    ]
    skipped = [{"kind": one.kind, "start": one.start, "end": one.end, "reason": one.reason} for one in found.skipped]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{file.stem}.json").write_text(json.dumps({"passages": passages, "skipped": skipped}), encoding="utf-8")


def learned_from(episodes: list[Episode]) -> str:
    """Learn from labelled episodes and our own texts.

    Args:
        episodes: Labelled episodes.

    Returns:
        The weights in the format of `podnotes.ads.viterbi.read_weights`.
    """
    rng = random.Random(SEED)
    every = [
        *episodes,
        *made(texts(), talk_of([one for one in episodes if not one.captions and not _has_reads(one)]), TIMES, SEED),
    ]
    values = sorted({name for one in every for features in one.features for name in features.values})
    vocabulary = _vocabulary(every)
    of_value = {name: at for at, name in enumerate(values)}
    of_phrase = {phrase: at for at, phrase in enumerate(vocabulary, len(values))}
    width = len(values) + len(vocabulary)
    counts = Counter(one.podcast for one in episodes if _has_reads(one))
    rows: list[list[int]] = []
    numbers: list[list[float]] = []
    breaks: list[list[float]] = []
    allowed: list[list[bool]] = []
    lengths: list[int] = []
    weights: list[float] = []
    for one in every:
        for piece in _pieces(one):
            skips = any(CONTENT not in one.allowed[at] for at in piece)
            if not skips and one.podcast != OWN and rng.random() >= TALK_KEPT:
                continue
            for at in piece:
                features = one.features[at]
                known = sorted(of_phrase[phrase] for phrase in features.phrases if phrase in of_phrase)
                rows.append([of_value[name] for name in features.values] + known)
                numbers.append([*features.values.values(), *[1.0] * len(known)])
                breaks.append(one.breaks[at])
                allowed.append([state in one.allowed[at] for state in STATES])
            lengths.append(len(piece))
            weights.append((1.0 if skips else TALK) * (0.5 if counts[one.podcast] >= MANY else 1.0))
    starts = np.cumsum([0, *map(len, rows)])
    flat = (np.concatenate(numbers), np.concatenate(rows), starts)
    penalty = np.repeat(PENALTY[None, :], width, axis=0)
    penalty[: len(values)] /= 10
    learned = learn(
        csr_matrix(flat, shape=(len(rows), width)),
        np.array(breaks),
        np.array(allowed),
        Pieces(lengths, weights),
        penalty,
        ROUNDS,
    )
    return _written(learned, values, vocabulary)


def _has_reads(episode: Episode) -> bool:
    return any(not allowed.isdisjoint(AD) for allowed in episode.allowed)


def _vocabulary(episodes: list[Episode]) -> list[str]:
    """Return the phrases that occur in several sources of reads or housekeeping.

    Phrases that occur only in content are not learned, since they would be specific to these episodes: sentences on any
    other subject must also count as content.
    """
    sources: dict[str, set[str]] = defaultdict(set)
    for one in episodes:
        for features, allowed, source in zip(one.features, one.allowed, one.sources, strict=True):
            if CONTENT not in allowed:
                for phrase in features.phrases:
                    sources[phrase].add(source)
    return sorted(phrase for phrase, of in sources.items() if len(of) >= SOURCES)


def _pieces(episode: Episode) -> list[range]:
    """Split an episode into sequences, never inside a read."""
    cuts, length = [0], len(episode.sentences)
    while cuts[-1] < length:
        cut = min(cuts[-1] + LONGEST, length)
        while cut < length and not (episode.allowed[cut] | episode.allowed[cut - 1]).isdisjoint(AD):
            cut += 1
        cuts.append(cut)
    return [range(first, last) for first, last in pairwise(cuts)]


def _written(learned: Learned, values: list[str], vocabulary: list[str]) -> str:
    lines = [
        "# Learned by tools/train_skipping; not to be edited. Hundredths of log-odds against content.",
        f"# value, phrase: for {', '.join(SIDES)}. state: from each state to this one. step: for each of BREAKS.",
    ]
    named = [*(("value", name) for name in values), *(("phrase", name) for name in vocabulary)]
    for (kind, name), row in zip(named, learned.features, strict=True):
        if kind == "value" or np.abs(row).max() >= LEAST:
            lines.append("\t".join([kind, name, *_hundredths(row)]))
    lines += ["\t".join(["state", str(state), *_hundredths(learned.states[:, state])]) for state in STATES]
    lines += ["\t".join(["step", name, *_hundredths(row)]) for name, row in zip(STEPS, learned.breaks, strict=True)]
    return "\n".join(lines) + "\n"


def _hundredths(row: np.ndarray) -> list[str]:
    return [str(round(100 * float(number))) for number in row]


if __name__ == "__main__":
    main()
