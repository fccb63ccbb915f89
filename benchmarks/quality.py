"""Measure the quality of passages compared with alternatives.

    python benchmarks/quality.py [--data DIR] [--leave-one-out] [--system NAME ...]

The labelled transcripts are not part of the project, since they are under copyright. They are looked up in DIR, in the
folder named by PODNOTES_EVAL, or in ``shared/eval`` beside the checkout: ``topics-dev`` with NAME.vtt and
NAME.qrels.tsv, ``offtopic-dev`` with NAME.vtt, and ``score.py``, which computes the scores of all systems.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from math import fsum
from pathlib import Path
from statistics import fmean
from typing import Any

from podnotes.ads.detection import find_skipped
from podnotes.models import Topic, Transcript
from podnotes.passages import find_passages
from podnotes.passages.document import Document
from podnotes.passages.find import choose
from podnotes.passages.scoring import SCALE, Scale
from podnotes.text.sentences import Sentence, sentences
from podnotes.topics import load_topics
from podnotes.transcripts.formats import read_transcript

ROOT = Path(__file__).resolve().parent.parent
# A good search engine query of about 15 words for each topic.
QUERIES = {
    "pain": "pain painful chronic pain nociceptor nociception analgesia inflammation injury headache migraine relief "
    "soreness hurt",
    "endorphins": "endorphin enkephalin dynorphin endogenous opioid receptor natural painkiller analgesia mu kappa "
    "naloxone runner's high",
    "nervous-system": "nervous system neuron nerve vagus sympathetic parasympathetic autonomic spinal cord brain "
    "circuit neuroplasticity synapse breathing calm",
    "touch": "touch massage skin stretching fascia acupuncture tactile hug oxytocin pressure bodywork hands contact",
}
NAMES = {"pain": "pain", "endorphins": "endorphin", "nervous-system": "nervous system", "touch": "touch"}
Prediction = dict[str, Any]
System = Callable[[dict[str, Transcript]], dict[str, list[Prediction]]]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PODNOTES_EVAL", ROOT.parent / "shared/eval")))
    parser.add_argument(
        "--leave-one-out", action="store_true", help="choose the scale of evidence with each episode held out in turn"
    )
    parser.add_argument("--system", nargs="*", help="run only these systems")
    options = parser.parse_args()
    data: Path = options.data
    if not (data / "topics-dev").is_dir() or not (data / "score.py").is_file():
        print(f"There is no labelled data in {data}; set its folder with --data or PODNOTES_EVAL.", file=sys.stderr)
        return 1
    transcripts = {path.stem: read_transcript(path) for path in sorted((data / "topics-dev").glob("*.vtt"))}
    words = sum(len(transcript.text.split()) for transcript in transcripts.values())
    print(f"{len(transcripts)} episodes, {words:,} words\n")
    print(
        f"{'system':34} {'nDCG@20':>8} {'P@5':>6} {'on@5':>6} {'recall2':>8} {'time':>6} {'ad leak':>8} {'words/s':>9}"
    )
    results = {}
    for name, system in systems().items():
        if options.system and name not in options.system:
            continue
        try:
            started = time.process_time()
            found = system(transcripts)
            seconds = time.process_time() - started
        except ImportError as error:
            print(f"{name:34} not installed ({error.name})")
            continue
        result = results[name] = score(data, found)
        print(
            f"{name:34} {result['ndcg20']:8.3f} {result['p5']:6.3f} {result['p5_on']:6.3f} {result['recall2']:8.3f}"
            f" {result['time_share']:6.3f} {result['ad_leak']:8.4f} {words / seconds:9,.0f}"
        )
    if "podnotes" in results:
        ours = results["podnotes"]
        print(
            "\nby topic        "
            + "  ".join(f"{t} {v['ndcg20']:.3f}/{v['p5']:.2f}" for t, v in ours["by_topic"].items())
        )
        print(
            f"sponsor reads   precision {ours['ad_precision']} recall {ours['ad_recall']} F1 {ours['ad_f1']} (seconds)"
        )
        print(
            f"house leak      {ours['house_leak']}    spurious/h on other topics' episodes {ours['spurious_per_hour']}"
        )
        off_topic(data)
    if options.leave_one_out:
        leave_one_out(data, transcripts)
    return 0


def score(data: Path, found: dict[str, list[Prediction]]) -> dict[str, Any]:
    """Compute scores with the data's script."""
    with tempfile.TemporaryDirectory() as folder:
        for name, predictions in found.items():
            skipped = [p for p in predictions if "kind" in p]
            passages = [p for p in predictions if "kind" not in p]
            (Path(folder) / f"{name}.json").write_text(json.dumps({"passages": passages, "skipped": skipped}))
        command = [sys.executable, str(data / "score.py"), str(data / "topics-dev"), folder, "--json"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(printed)
    return result


def off_topic(data: Path) -> None:
    """Count passages per hour in episodes that should have none."""
    topics = bodywork()
    hours, count = 0.0, 0
    for path in sorted((data / "offtopic-dev").glob("*.vtt")):
        transcript = read_transcript(path)
        count += len(find_passages(transcript, topics).passages)
        hours += transcript.duration / 3600
    if hours:
        print(f"off topic       {count / hours:.3f} passages an hour over four topics ({count} in {hours:.1f} h)")


def bodywork() -> list[Topic]:
    """Return the four labelled topics."""
    return [topic for topic in load_topics("bodywork") if topic.id in QUERIES]


# ------------------------------------------------------------------------------------------------------------- systems


def systems() -> dict[str, System]:
    """Return the systems to compare."""
    return {
        "podnotes": podnotes_passages,
        "podnotes, packs of three terms": three_terms,
        "keyword search for the name": keyword,
        "BM25 (bm25s, 15-word query)": bm25,
        "MiniLM sentence embeddings": embeddings,
    }


def podnotes_passages(transcripts: dict[str, Transcript]) -> dict[str, list[Prediction]]:
    """Find passages by podnotes with its own pack."""
    return _with_topics(transcripts, bodywork())


def three_terms(transcripts: dict[str, Transcript]) -> dict[str, list[Prediction]]:
    """Find passages by podnotes with a simple pack, as a new user might write it."""
    terms = {
        "pain": ("pain", "nociceptor", "headache"),
        "endorphins": ("endorphin", "opioid", "enkephalin"),
        "nervous-system": ("nervous system", "neuron", "vagus nerve"),
        "touch": ("touch", "massage", "skin"),
    }
    return _with_topics(transcripts, [Topic(t.id, t.title, about=t.about, terms=terms[t.id]) for t in bodywork()])


def _with_topics(transcripts: dict[str, Transcript], topics: Sequence[Topic]) -> dict[str, list[Prediction]]:
    found = {}
    for name, transcript in transcripts.items():
        findings = find_passages(transcript, topics)
        found[name] = [dataclasses.asdict(p) for p in findings.passages] + [
            dataclasses.asdict(s) for s in findings.skipped
        ]
    return found


def keyword(transcripts: dict[str, Transcript]) -> dict[str, list[Prediction]]:
    """Rank minutes that contain the topic's name by frequency."""
    found: dict[str, list[Prediction]] = {}
    for name, transcript in transcripts.items():
        found[name] = []
        for start, end, text in minutes(transcript):
            for topic, word in NAMES.items():
                count = text.lower().count(word)
                if count:
                    found[name].append({"topic": topic, "start": start, "end": end, "score": count, "text": text})
    return found


def bm25(transcripts: dict[str, Transcript]) -> dict[str, list[Prediction]]:
    """Rank minutes by bm25s, with stemming if PyStemmer is installed."""
    import bm25s  # type: ignore[import-not-found,import-untyped,unused-ignore]  # an extra of this benchmark

    try:
        import Stemmer  # type: ignore[import-not-found,import-untyped,unused-ignore]  # the same

        stem = Stemmer.Stemmer("english")
    except ImportError:
        stem = None
    blocks = [(name, *block) for name, transcript in transcripts.items() for block in minutes(transcript)]
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize([block[3] for block in blocks], stopwords="en", stemmer=stem, show_progress=False),
        show_progress=False,
    )
    found: dict[str, list[Prediction]] = {name: [] for name in transcripts}
    for topic, query in QUERIES.items():
        tokens = bm25s.tokenize(query, stopwords="en", stemmer=stem, show_progress=False)
        hits, scores = index.retrieve(tokens, k=len(blocks), show_progress=False)
        for hit, value in zip(hits[0], scores[0], strict=True):
            name, start, end, text = blocks[int(hit)]
            if value > 0:
                found[name].append({"topic": topic, "start": start, "end": end, "score": float(value), "text": text})
    return found


def embeddings(transcripts: dict[str, Transcript]) -> dict[str, list[Prediction]]:
    """Rank minutes by cosine similarity of all-MiniLM-L6-v2 embeddings; downloads the model."""
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found,import-untyped,unused-ignore]  # the same

    model = SentenceTransformer("all-MiniLM-L6-v2")
    blocks = [(name, *block) for name, transcript in transcripts.items() for block in minutes(transcript)]
    texts = model.encode([block[3] for block in blocks], normalize_embeddings=True)
    found: dict[str, list[Prediction]] = {name: [] for name in transcripts}
    for topic, query in QUERIES.items():
        scores = texts @ model.encode(query, normalize_embeddings=True)
        for (name, start, end, text), value in zip(blocks, scores, strict=True):
            found[name].append({"topic": topic, "start": start, "end": end, "score": float(value), "text": text})
    return found


def minutes(transcript: Transcript) -> list[tuple[float, float, str]]:
    """Group whole sentences into minutes."""
    blocks: list[tuple[float, float, str]] = []
    held: list[Sentence] = []
    for sentence in sentences(transcript):
        held.append(sentence)
        if sentence.end - held[0].start >= 60:
            blocks.append((held[0].start, sentence.end, " ".join(one.text for one in held)))
            held = []
    if held:
        blocks.append((held[0].start, held[-1].end, " ".join(one.text for one in held)))
    return blocks


# ------------------------------------------------------------------------------------------------ leave one episode out


def leave_one_out(data: Path, transcripts: dict[str, Transcript]) -> None:
    """Choose the scale of evidence on all episodes but one, and test it on that one (leave-one-out)."""
    spec = importlib.util.spec_from_file_location("score", data / "score.py")
    if spec is None or spec.loader is None:
        return
    counting = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(counting)
    topics = bodywork()
    talks = {}
    for name, transcript in transcripts.items():
        spoken = sentences(transcript)
        talk = Document.read(spoken, find_skipped(spoken), "en")
        talks[name] = talk, talk.phrases(topics), counting.read_qrels(data / "topics-dev" / f"{name}.qrels.tsv")[0]
    grid = [
        dataclasses.replace(SCALE, related=related, strong=strong, around=around, likeness=likeness)
        for related, strong, around, likeness in itertools.product(
            (0.1, 0.15, 0.2), (0.3, 0.45, 0.6), (0.1, 0.2, 0.3), (0.0, 0.08, 0.15, 0.22)
        )
    ]
    pairs: dict[Scale, dict[str, list[tuple[str, float, float]]]] = {}
    for scale in grid:
        pairs[scale] = {}
        for name, (talk, phrases, windows) in talks.items():
            pairs[scale][name] = []
            for topic, found in zip(topics, phrases, strict=True):
                grades = [window[2].get(counting.norm(topic.id), 0) for window in windows]
                if grades.count(2) >= 3:
                    thoughts = [choice.thought for choice in choose(topic, found, talk, scale)]
                    spans = [(talk.sentences[one.start].start, talk.sentences[one.stop - 1].end) for one in thoughts]
                    pairs[scale][name].append((topic.id, *_pair(spans, windows, grades)))

    def value(scale: Scale, names: Sequence[str]) -> float:
        return fmean(ndcg + p5 for name in names for _, ndcg, p5 in pairs[scale][name])

    held_out = []
    for name in talks:
        others = [other for other in talks if other != name]
        best = max(grid, key=lambda scale: value(scale, others))
        held_out += pairs[best][name]
    ndcgs = sorted(fmean(ndcg for name in talks for _, ndcg, _ in pairs[scale][name]) for scale in grid)
    fixed = [pair for name in talks for pair in pairs[SCALE][name]]
    middle = ndcgs[len(ndcgs) // 2]
    print(f"\nleave one episode out, {len(grid)} scales (related, strong, around, likeness):")
    print(f"  scale chosen on the others   {_means(held_out)}")
    print(f"  built-in scale               {_means(fixed)}")
    print(f"  any of them                  nDCG@20 {ndcgs[0]:.3f} to {ndcgs[-1]:.3f}, median {middle:.3f}")
    for topic_id in QUERIES:
        print(f"    {topic_id:15} {_means([pair for pair in held_out if pair[0] == topic_id])}")


def _means(pairs: Sequence[tuple[str, float, float]]) -> str:
    return f"nDCG@20 {fmean(pair[1] for pair in pairs):.3f}  P@5 {fmean(pair[2] for pair in pairs):.3f}"


def _pair(spans: Sequence[tuple[float, float]], windows: Sequence[Any], grades: Sequence[int]) -> tuple[float, float]:
    """Return nDCG@20 and P@5 of an episode and a topic, as score.py counts them."""
    covered = []
    for start, end in spans:
        covers = []
        for index, window in enumerate(windows):
            overlap = min(end, window[1]) - max(start, window[0])
            if overlap >= 15 or overlap >= 0.5 * (end - start):
                covers.append(index)
        covered.append(covers)
    ranked = [grades[index] for index in dict.fromkeys(itertools.chain.from_iterable(covered))]
    top = [max((grades[index] for index in covers), default=0) for covers in covered[:5]]
    return _dcg(ranked) / _dcg(sorted(grades, reverse=True)), top.count(2) / 5


def _dcg(grades: Sequence[int]) -> float:
    return fsum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades[:20]))


if __name__ == "__main__":
    sys.exit(main())
