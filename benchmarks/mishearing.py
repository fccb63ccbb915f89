"""The mistakes of a small speech model, made in a transcript that has none.

What it follows, so that a scout is not tried on mistakes that are easier than real ones:

* Rare words suffer most. Words outside the most common thousands are wrong three to six times as often as the others
  (Le et al. 2021, "Contextualized Streaming End-to-End Speech Recognition with Trie-Based Deep Biasing and Shallow
  Fusion", whose table splits the word error rate that way). Rare is here what few of the episodes say.
* A rare word that a model doesn't know is misheard nearly each time in an episode, and mostly as the same thing; one
  that it knows is mostly right. So each rare word of an episode draws its own rate (beta distribution), and keeps what
  it was first taken for.
* A word is taken for one that sounds like it, the common one rather than the rare one; a long word that nothing sounds
  like becomes two ("no susception") or one that doesn't exist ("nosiception").
* Short common words are left out or made up more often than long ones. In all, about 60 % of the mistakes are
  substitutions, 25 % omissions and 15 % insertions.
* Mistakes come in runs: an accent, a noise, a fast stretch.

The rate is the word error rate: substitutions, omissions and insertions for each word that was said.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podnotes.models import Transcript

# So many words are common ones, mostly short.
_COMMON = 100
# Share of the mistakes that are words made up.
_INSERTED = 0.15
# Share of a word's own mistakes in which it is left out: short common ones, all others.
_LEFT_OUT_COMMON, _LEFT_OUT = 0.5, 0.12
# How much more often a rare word is wrong, one that is neither common nor rare, and how often a rare one is at most.
_RARE, _UNCOMMON, _CEILING = 4.0, 2.0, 0.9
# Below 2 a rare word's rate lies near its ends: known or unknown to the model.
_CONSISTENCY = 1.5
# How often a word that was misheard before is misheard the same way.
_SAME_AGAIN = 0.8
# A stretch has this many times the usual mistakes; each segment's keeps most of the one before.
_TROUBLE, _GOES_ON = (0.2, 0.6, 1.0, 2.2), 0.7
# Words sound alike from this share of common pairs of sounds on.
_ALIKE = 0.5
_MOST_CANDIDATES = 8

_EDGES = re.compile(r"^\W+|\W+$")
# Spelling to rough sound, in this order.
_SOUNDS = (
    (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^wh", "w"), (r"^x", "s"), (r"mb$", "m"), (r"igh", "y"),
    (r"ph", "f"), (r"gh", ""), (r"tch", "C"), (r"[ts]ion|[cs]ious|[ct]ia", "Sn"), (r"ch", "C"), (r"sh", "S"),
    (r"th", "T"), (r"dge?(?=[ei])|ge|gi", "J"), (r"sc(?=[eiy])|c(?=[eiy])", "s"), (r"ck|q|c", "k"), (r"x", "ks"),
    (r"z", "s"), (r"ng", "N"), (r"(?<=.)e$", ""), (r"[aeiouy]+", "a"), (r"(.)\1+", r"\1"),
)  # fmt: skip
# How a word that a model doesn't know may come out, spelt by its sound.
_RESPELT = (("ci", "si"), ("ce", "se"), ("ph", "f"), ("ae", "e"), ("y", "i"), ("x", "cs"), ("ch", "k"), ("in", "en"),
            ("or", "er"), ("o", "a"))  # fmt: skip


def bare(word: str) -> str:
    """A word as it is compared: lower case, without marks around it."""
    return _EDGES.sub("", word.lower().replace("’", "'"))


@cache
def sound(word: str) -> str:
    """A word's rough sound: consonants as heard, all vowels alike."""
    key = re.sub(r"[^a-z]", "", word)
    for spelling, heard in _SOUNDS:
        key = re.sub(spelling, heard, key)
    return key


@dataclass
class Ear:
    """A model that errs.

    Attributes:
        counts: How often each word of its vocabulary is said.
        spread: In how many episodes.
        episodes: How many there are.
    """

    counts: Counter[str]
    spread: Counter[str]
    episodes: int
    _common: dict[str, int] = field(default_factory=dict)
    _by_edge: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _near: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

    @classmethod
    def trained_on(cls, transcripts: Iterable[Transcript]) -> Ear:
        """Make one whose vocabulary is that of some transcripts."""
        counts: Counter[str] = Counter()
        spread: Counter[str] = Counter()
        episodes = 0
        for transcript in transcripts:
            said = [bare(word) for segment in transcript.segments for word in segment.text.split()]
            counts.update(said)
            spread.update(set(said))
            episodes += 1
        del counts[""]
        ear = cls(counts, spread, episodes)
        for word in counts:
            if word.isalpha():
                for pair in _edges(sound(word)):
                    ear._by_edge[pair].append(word)
        ear._common |= dict(counts.most_common(_COMMON))
        return ear

    def weight(self, word: str) -> float:
        """How often a word is misheard, where a common one has 1."""
        share = self.spread[word] / self.episodes
        return _RARE if share <= 0.1 else _UNCOMMON if share <= 0.3 else 1.0

    def mishear(self, transcript: Transcript, rate: float, seed: int) -> tuple[Transcript, Counter[str]]:
        """Make mistakes.

        Args:
            transcript: What was said.
            rate: Word error rate.
            seed: For the same mistakes again.

        Returns:
            What the model heard; how many words were said, substituted, dropped and inserted.
        """
        rng = random.Random(seed)
        said = [bare(word) for segment in transcript.segments for word in segment.text.split()]
        chances = self._chances(said, rate * (1 - _INSERTED), rng)
        before: dict[str, str] = {}
        done: Counter[str] = Counter(said=len(said))
        trouble = 1.0
        segments = []
        usual = sum(_TROUBLE) / len(_TROUBLE)
        for segment in transcript.segments:
            trouble = _GOES_ON * trouble + (1 - _GOES_ON) * rng.choice(_TROUBLE) / usual
            words: list[str] = []
            for word in segment.text.split():
                plain = bare(word)
                if rng.random() < rate * _INSERTED * trouble:
                    words.append(self._any_common(rng))
                    done["inserted"] += 1
                if rng.random() >= chances.get(plain, 0.0) * trouble:
                    words.append(word)
                elif rng.random() < (_LEFT_OUT_COMMON if plain in self._common else _LEFT_OUT):
                    done["dropped"] += 1
                else:
                    if plain not in before or rng.random() >= _SAME_AGAIN:
                        before[plain] = self._taken_for(plain, rng)
                    words.append(word.lower().replace("’", "'").replace(plain, before[plain]))
                    done["substituted"] += 1
            if words:
                segments.append(replace(segment, text=" ".join(words), words=()))
        return replace(transcript, segments=tuple(segments)), done

    def _chances(self, said: Sequence[str], rate: float, rng: random.Random) -> dict[str, float]:
        """How often each word of an episode is misheard."""
        counts = Counter(word for word in said if word)
        unit = rate * len(said) / sum(self.weight(word) * count for word, count in counts.items())
        chances = {}
        for word in sorted(counts):
            mean = min(_CEILING, unit * self.weight(word))
            rare = self.weight(word) == _RARE
            chances[word] = rng.betavariate(mean * _CONSISTENCY, (1 - mean) * _CONSISTENCY) if rare else mean
        # Frequent ones among the rare words would otherwise move the rate of the whole episode.
        scale = rate * len(said) / sum(chances[word] * count for word, count in counts.items())
        return {word: chance * scale for word, chance in chances.items()}

    def _any_common(self, rng: random.Random) -> str:
        return rng.choices(list(self._common), list(self._common.values()))[0]

    def _taken_for(self, word: str, rng: random.Random) -> str:
        near = self._sounding_like(word)
        unknown = self.weight(word) == _RARE and len(word) > 6
        if near and not (unknown and rng.random() < 0.5):
            return rng.choices([other for other, _ in near], [weight for _, weight in near])[0]
        if len(word) > 6:
            if rng.random() < 0.5:
                spelt = word
                for spelling, heard in _RESPELT:
                    spelt = spelt.replace(spelling, heard, 1) if rng.random() < 0.7 else spelt
                if spelt != word:
                    return spelt
            middle = len(word) // 2
            return f"{self._nearest(word[:middle])} {self._nearest(word[middle:])}"
        return self._any_common(rng)

    def _sounding_like(self, word: str, least: float = _ALIKE) -> list[tuple[str, float]]:
        """Words that sound alike, with how likely each is taken for it."""
        if (known := self._near.get(f"{word} {least}")) is not None:
            return known
        pairs = _pairs(sound(word))
        scored = []
        # What sounds alike begins or ends alike.
        for other in {other for edge in _edges(sound(word)) for other in self._by_edge.get(edge, ())}:
            theirs = _pairs(sound(other))
            alike = 2 * len(pairs & theirs) / (len(pairs) + len(theirs))
            if alike >= least and other != word:
                scored.append((other, alike**4 * self.counts[other] ** 0.3))
        near = sorted(scored, key=lambda item: (-item[1], item[0]))[:_MOST_CANDIDATES]
        self._near[f"{word} {least}"] = near
        return near

    def _nearest(self, part: str) -> str:
        near = self._sounding_like(part, 0.0)
        return near[0][0] if near else next(iter(self._common))


def _edges(key: str) -> tuple[str, str]:
    return f"^{key[:2]}", f"{key[-2:]}$"


@cache
def _pairs(key: str) -> frozenset[str]:
    edged = f"^{key}$"
    return frozenset(edged[at : at + 2] for at in range(len(edged) - 1))


def mishear_evenly(transcript: Transcript, rate: float, seed: int) -> tuple[Transcript, Counter[str]]:
    """Make mistakes that fall on any word alike: 60 % taken for another of the same length, 25 % dropped, 15 % made up.

    Args:
        transcript: What was said.
        rate: Share of the words that are wrong.
        seed: For the same mistakes again.

    Returns:
        As :meth:`Ear.mishear`.
    """
    rng = random.Random(seed)
    by_length: dict[int, list[str]] = defaultdict(list)
    for word in dict.fromkeys(bare(word) for segment in transcript.segments for word in segment.text.split()):
        by_length[len(word)].append(word)
    done: Counter[str] = Counter()
    segments = []
    for segment in transcript.segments:
        words: list[str] = []
        for word in segment.text.split():
            done["said"] += 1
            plain, kind = bare(word), rng.random()
            if rng.random() >= rate:
                words.append(word)
            elif kind < 0.6 and plain:
                words.append(word.lower().replace("’", "'").replace(plain, rng.choice(by_length[len(plain)])))
                done["substituted"] += 1
            elif kind < 0.85:
                done["dropped"] += 1
            else:
                words += [word, rng.choice(by_length[len(plain)])]
                done["inserted"] += 1
        if words:
            segments.append(replace(segment, text=" ".join(words), words=()))
    return replace(transcript, segments=tuple(segments)), done
