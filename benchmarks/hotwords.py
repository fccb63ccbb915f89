"""Whether words to expect help the ear: with them, without them, and with the wrong ones.

    python -m benchmarks.hotwords [--model NAME|DIR] [--sentences 40]

Sentences from the small model's world are spoken by espeak-ng as it likes them best, in noise, and by other voices.
The terms are the words of the default topic pack that occur in them. They are given to the decoder ahead of each
window, once as faster-whisper's `hotwords`, once as `initial_prompt` (a sentence that names them); once all of the
pack's that the model knows, once the few of an episode's show notes; once terms that nobody says. And carefully:

doubtful    only in the second try of windows that the model was not sure of (mean log-probability below -0.5); the
            surer of the two is taken
near miss   only where the first pass heard a word that is nearly a term; what comes out is taken when it puts a term
            in the place of such a word and changes nothing else

wrong       Word error rate.
terms       Share of the spoken terms that were heard.
made up     Terms given that were heard but not said, for each hundred words.

With another model (`--model small.en`) the same can be tried on words that that one confuses.
"""

from __future__ import annotations

import argparse
import difflib
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tools.espeak import SAMPLE_RATE as SPOKEN_RATE
from tools.espeak import Espeak, EspeakMissingError, Voice
from tools.train_speech_model.corpus import make_corpus, templates
from tools.train_speech_model.recordings import VARIANTS, resampled
from tools.word_errors import word_errors

from podnotes.speech.model_store import find_model
from podnotes.topics import load_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
RATE = 16_000
# A show's notes name so many terms.
FEW = 5
# Below this a model is not sure, as podnotes has it.
UNSURE = -0.5
# Words that are so much alike (difflib) are a near miss.
ALIKE = 0.6
# Said in none of the sentences; the model knows them from others.
UNRELATED = ("pillow", "garlic", "ticket", "railway", "compiler", "database", "onions", "suitcase")


@dataclass(frozen=True)
class Recording:
    """Sentences, a window each."""

    name: str
    said: tuple[str, ...]
    samples: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Heard:
    """What was heard in a window, and how sure the model was."""

    text: str
    logprob: float


def words(text: str) -> list[str]:
    """Words as they are compared."""
    return [word for word in (piece.strip(".,?!:;").lower() for piece in text.split()) if word]


class Ear:
    """A model with podnotes' settings, to which a prompt can be given too."""

    def __init__(self, model: str) -> None:
        import faster_whisper

        folder = find_model(Path(model) if Path(model).is_dir() else model)
        whisper = faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
        self._pipeline = faster_whisper.BatchedInferencePipeline(whisper)
        self.tokenizer = whisper.hf_tokenizer
        self.budget = whisper.max_length // 2 - 1

    def hear(self, samples: Sequence[NDArray[np.float32]], **extra: Any) -> list[Heard]:
        """Recognise each piece by itself."""
        found = []
        for piece in samples:
            segments, _ = self._pipeline.transcribe(
                piece, language="en", vad_filter=False, without_timestamps=False, batch_size=1,
                clip_timestamps=[{"start": 0.0, "end": len(piece) / RATE}], **extra,
            )  # fmt: skip
            parts = list(segments)
            weights = [max(1, len(part.tokens)) for part in parts]
            logprob = float(np.average([part.avg_logprob for part in parts], weights=weights)) if parts else -9.0
            found.append(Heard(" ".join(part.text.strip() for part in parts), logprob))
        return found


def recordings(sentences: Sequence[str]) -> Iterator[Recording]:
    """The sentences as the model likes them, in noise, and by other voices."""
    espeak, noise = Espeak(), np.random.default_rng(3)
    plain = [resampled(espeak.speak(text, Voice()).samples, SPOKEN_RATE) for text in sentences]
    yield Recording("its own voice", tuple(sentences), tuple(plain))
    noisy = []
    for samples in plain:
        loudness = float(np.sqrt(np.mean(samples**2)))
        noisy.append((samples + noise.normal(0, 0.316 * loudness, len(samples))).astype(np.float32))
    yield Recording("in noise (10 dB)", tuple(sentences), tuple(noisy))
    voices = [Voice(VARIANTS[number % len(VARIANTS)], 140) for number in range(len(sentences))]
    spoken = [espeak.speak(text, voice) for text, voice in zip(sentences, voices, strict=True)]
    other = [resampled(speech.samples, SPOKEN_RATE) for speech in spoken]
    yield Recording("six other voices", tuple(sentences), tuple(other))


def doubtful(ear: Ear, recording: Recording, first: Sequence[Heard], terms: Sequence[str]) -> list[Heard]:
    """Give the terms only where the model was not sure, and take the surer of the two."""
    result = list(first)
    places = [at for at, heard in enumerate(first) if heard.logprob < UNSURE]
    again = ear.hear([recording.samples[at] for at in places], hotwords=" ".join(terms))
    for at, second in zip(places, again, strict=True):
        if second.logprob > first[at].logprob:
            result[at] = second
    return result


def near_miss(ear: Ear, recording: Recording, first: Sequence[Heard], terms: Sequence[str]) -> list[Heard]:
    """Give the terms only where a word is nearly one, and take what only puts a term in such a word's place."""
    known = set(terms)

    def missed(word: str) -> bool:
        return word not in known and bool(difflib.get_close_matches(word, known, 1, ALIKE))

    result = list(first)
    places = [at for at, heard in enumerate(first) if any(missed(word) for word in words(heard.text))]
    again = ear.hear([recording.samples[at] for at in places], hotwords=" ".join(terms))
    for at, second in zip(places, again, strict=True):
        before, after = words(first[at].text), words(second.text)
        matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
        edits = [edit for edit in matcher.get_opcodes() if edit[0] != "equal"]
        if edits and all(
            kind == "replace" and j2 - j1 == i2 - i1
            and all(new in known and missed(old) for old, new in zip(before[i1:i2], after[j1:j2], strict=True))
            for kind, i1, i2, j1, j2 in edits
        ):  # fmt: skip
            result[at] = second
    return result


def counted(recording: Recording, heard: Sequence[Heard], terms: set[str], given: Sequence[str]) -> str:
    """The three figures, as cells of a table."""
    wrong = total = said_terms = found_terms = made_up = 0
    for said, one in zip(recording.said, heard, strict=True):
        reference, hypothesis = words(said), words(one.text)
        wrong += word_errors(said, one.text)
        total += len(reference)
        of_it, of_that = Counter(reference), Counter(hypothesis)
        said_terms += sum(count for word, count in of_it.items() if word in terms)
        found_terms += sum(min(count, of_that[word]) for word, count in of_it.items() if word in terms)
        made_up += sum(max(0, of_that[word] - of_it[word]) for word in set(given))
    return f"{wrong / total:.1%} | {found_terms / max(1, said_terms):.1%} | {100 * made_up / total:.2f}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(ROOT / "examples" / "speech_model"), metavar="NAME|DIR")
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    ear = Ear(given.model)
    pack = [word for topic in load_topics("bodywork") for term in topic.terms for word in words(term)]
    corpus = make_corpus(templates())
    vocabulary = {word for text in [*corpus.training, *corpus.plain] for word in words(text)}
    plural = {word + "s" for word in pack}
    terms = sorted((set(pack) | plural) & vocabulary - {"and", "or", "of", "in", "to", "high", "back"})
    choice = random.Random(given.seed)
    of_use = [text for text in corpus.plain if set(words(text)) & set(terms) and not set(words(text)) & set(UNRELATED)]
    sentences = choice.sample(of_use, min(given.sentences, len(of_use)))
    said = Counter(word for text in sentences for word in words(text) if word in set(terms))
    few = [word for word, _ in said.most_common(FEW)]
    prompt = f"In this episode we talk about {', '.join(terms)}."
    size = len(ear.tokenizer.encode(" ".join(terms), add_special_tokens=False).ids)
    print(f"{len(sentences)} sentences, {sum(said.values())} terms in them, {len(terms)} terms of the pack known here "
          f"({size} tokens; the decoder takes {ear.budget}); the few: {', '.join(few)}\n")  # fmt: skip
    ways: dict[str, tuple[Callable[[Recording, Sequence[Heard]], Sequence[Heard]], Sequence[str]]] = {
        "nothing": (lambda _, first: first, terms),
        "hotwords: all terms": (lambda r, _: ear.hear(r.samples, hotwords=" ".join(terms)), terms),
        "hotwords: a few": (lambda r, _: ear.hear(r.samples, hotwords=" ".join(few)), few),
        "hotwords: unrelated": (lambda r, _: ear.hear(r.samples, hotwords=" ".join(UNRELATED)), UNRELATED),
        "prompt: all terms": (lambda r, _: ear.hear(r.samples, initial_prompt=prompt), terms),
        "prompt: a few": (
            lambda r, _: ear.hear(r.samples, initial_prompt=f"In this episode we talk about {', '.join(few)}."), few
        ),
        "doubtful: all terms": (lambda r, first: doubtful(ear, r, first, terms), terms),
        "doubtful: unrelated": (lambda r, first: doubtful(ear, r, first, UNRELATED), UNRELATED),
        "near miss: all terms": (lambda r, first: near_miss(ear, r, first, terms), terms),
        "near miss: a few": (lambda r, first: near_miss(ear, r, first, few), few),
    }  # fmt: skip
    try:
        spoken = list(recordings(sentences))
    except EspeakMissingError as error:
        print(error)
        return 1
    print("| audio | given to the decoder | wrong | terms | made up |")
    print("|---|---|---|---|---|")
    for recording in spoken:
        first = ear.hear(recording.samples)
        for name, (way, offered) in ways.items():
            cells = counted(recording, way(recording, first), set(terms), offered)
            print(f"| {recording.name} | {name} | {cells} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
