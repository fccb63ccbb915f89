"""What the small speech model can be told: sentences from templates, a closed vocabulary.

``sentences.txt`` has the templates. Three kinds of sentences are made of them: *plain* ones; *composed* ones, with
some words before or after ("In my experience, …, and it works"); and *salad*, random words in sentence form, so that
the model learns to listen and not to recite.
"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tools.espeak import WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATES = Path(__file__).with_name("sentences.txt")
HELD_OUT_SHARE = 0.15
"""Of the plain sentences; composed sentences made of held-out ones are held out, too."""

_SLOT = re.compile(r"\{([^{}]*)\}")
_SECTION = re.compile(r"\[(\w+)\]")
# These stay as they are: nothing can be put before them.
_WHOLE = re.compile(r"Yes, exactly|Interesting|Now|Welcome|Before|After|And|So|Let|Please|Should")


@dataclass(frozen=True, slots=True)
class Templates:
    """The file of templates.

    Attributes:
        sentences: One template each; ``{this|that}`` stands for either.
        before: What can come before a statement.
        after: What can come after a statement, with its comma or space.
        names: Words that keep their capital inside a sentence.
    """

    sentences: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the templates, each list sorted.

    Attributes:
        words: All, as written: "Pain" and "pain" are two.
        inner: Those that occur inside a sentence.
        initial: Those that occur at the beginning of one.
    """

    words: tuple[str, ...]
    inner: tuple[str, ...]
    initial: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sentences to train on, and sentences to keep aside.

    Attributes:
        training: Plain, composed and salad, shuffled.
        plain: Held out.
        composed: Held out; made of held-out plain sentences.
        salad: Held out.
    """

    training: tuple[str, ...]
    plain: tuple[str, ...]
    composed: tuple[str, ...]
    salad: tuple[str, ...]


@cache
def templates(path: Path = TEMPLATES) -> Templates:
    """Read the file of templates.

    Raises:
        ValueError: If a line stands before the first section, or a section is missing.
    """
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if match := _SECTION.fullmatch(text):
            current = sections.setdefault(match[1], [])
        elif current is None:
            raise ValueError(f"{path.name}: {text!r} stands before the first [section]")
        else:
            current.append(text)
    try:
        before, after, names = sections.pop("before"), sections.pop("after"), sections.pop("names")
    except KeyError as error:
        raise ValueError(f"{path.name}: section [{error.args[0]}] is missing") from error
    return Templates(
        sentences=tuple(itertools.chain.from_iterable(sections.values())),
        before=tuple(before),
        after=tuple(text if text.startswith(",") else f" {text}" for text in after),
        names=frozenset({"I", *(name for line in names for name in line.split())}),
    )


def plain_sentences(source: Templates) -> tuple[str, ...]:
    """All sentences that the templates stand for, in their order."""
    sentences = []
    for template in source.sentences:
        parts = [part.split("|") if index % 2 else [part] for index, part in enumerate(_SLOT.split(template))]
        sentences += ["".join(choice) for choice in itertools.product(*parts)]
    return tuple(sentences)


def vocabulary(source: Templates) -> Vocabulary:
    """The words of the templates."""
    inner: set[str] = set()
    initial: set[str] = set()
    for sentence in plain_sentences(source):
        first, *rest = WORD.findall(sentence)
        initial.add(first)
        inner.update(rest)
        inner.add(WORD.findall(_decapitalised(sentence, source.names))[0])
    for text in source.before:
        first, *rest = WORD.findall(text)
        initial.add(first)
        inner.update(rest)
    for text in source.after:
        inner.update(WORD.findall(text))
    return Vocabulary(tuple(sorted(inner | initial)), tuple(sorted(inner)), tuple(sorted(initial)))


def make_corpus(source: Templates, *, seed: int = 7, composed: int = 4500, salad: int = 4000) -> Corpus:
    """Make the sentences to train on and those to keep aside.

    Args:
        source: The templates.
        seed: Of the choice.
        composed: How many composed sentences to train on.
        salad: How many sentences of random words to train on.

    Returns:
        The corpus; no sentence that is held out is among those to train on. The same arguments give the same corpus.
    """
    # Nothing here guards a secret.
    choice = random.Random(seed)
    plain = list(plain_sentences(source))
    choice.shuffle(plain)
    held_out, training = plain[: int(HELD_OUT_SHARE * len(plain))], plain[int(HELD_OUT_SHARE * len(plain)) :]
    sentences = set(training)
    while len(sentences) < len(training) + composed:
        sentences.add(_composed(choice.choice(training), source, choice))
    words = vocabulary(source)
    counts = dict.fromkeys(words.inner, 1)
    for sentence in sentences:
        for word in WORD.findall(sentence):
            if word in counts:
                counts[word] += 1
    weights = [min(1.0, (30 / count) ** 0.5) + 0.02 for count in counts.values()]  # the rare ones oftener
    held_out_salad = 200
    salads: set[str] = set()
    while len(salads) < salad + held_out_salad:
        salads.add(_salad(words, weights, choice))
    shuffled_salads = sorted(salads)
    choice.shuffle(shuffled_salads)
    held_out_composed: set[str] = set()
    while len(held_out_composed) < 400:
        sentence = _composed(choice.choice(held_out), source, choice)
        if sentence not in sentences:
            held_out_composed.add(sentence)
    result = sorted(sentences - set(held_out)) + shuffled_salads[held_out_salad:]
    choice.shuffle(result)
    return Corpus(
        training=tuple(result),
        plain=tuple(held_out),
        composed=tuple(sorted(held_out_composed)),
        salad=tuple(shuffled_salads[:held_out_salad]),
    )


def _decapitalised(sentence: str, names: frozenset[str]) -> str:
    first = WORD.match(sentence)
    return sentence if first is not None and first.group() in names else sentence[0].lower() + sentence[1:]


def _composed(sentence: str, source: Templates, choice: random.Random) -> str:
    if sentence.endswith("?") or _WHOLE.match(sentence):
        return sentence
    result = sentence[:-1]
    where = choice.random()
    if where < 0.75:
        result = f"{choice.choice(source.before)} {_decapitalised(result, source.names)}"
    if where > 0.45:
        result += choice.choice(source.after)
    return f"{result}."


def _salad(words: Vocabulary, weights: Sequence[float], choice: random.Random) -> str:
    length = choice.randint(5, 11)
    chosen = [choice.choice(words.initial), *choice.choices(words.inner, weights=weights, k=length - 1)]
    text = chosen[0]
    for index, word in enumerate(chosen[1:]):
        if 1 <= index < length - 3 and choice.random() < 0.08:
            text += ","
        text += f" {word}"
    return text + ("?" if choice.random() < 0.12 else ".")
