"""The best way through an episode: which sentences are content, which are in a spot, in a host's read, or housekeeping.

A sentence alone decides nothing. Reads are stretches, so each change between the states costs something, less at a
break, and the way is searched that has the most evidence for what it costs (the Viterbi algorithm; Rabiner 1989,
"A tutorial on hidden Markov models").
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from podnotes.passages.sentences import Sentence
    from podnotes.passages.skipping_evidence import Evidence

# What a sentence can be in. A spot is worded as advertising all through; a host's read is not, but has an opening
# ("our sponsor today is …") and a closing ("go to …"), and what lies between them belongs to it.
CONTENT, SPOT, READ, HOUSE = range(4)
AD = (SPOT, READ)

# What it costs to begin and to end each, in log-odds.
_ENTER_SPOT, _ENTER_READ, _ENTER_HOUSE = 4.0, 5.0, 2.5
_OPENING = 3.0  # how much cheaper a read begins where a sponsor is named
_LEAVE_SPOT, _LEAVE_READ, _LEAVE_HOUSE = 2.5, 4.0, 1.5
_CLOSING = 1.5  # how much cheaper a read or spot ends after an address, a code, an offer or small print
_LEAST_ENTER, _LEAST_LEAVE = 1.5, 0.7  # however much speaks for a change, it costs this
_SPOT_READ, _AD_HOUSE, _AGAIN = 1.5, 1.8, 2.0

# In seconds: how long a story before a read lasts at most, the silence before it at least, and the silence after
# which a read does not begin in mid-flow.
_STORY, _BREAK, _FLOW = 30.0, 1.0, 0.7
_PLAIN_STORY = 1  # sentences of a story in a row that have none of its words
_OWN_WORD = 5  # letters of a word that can tell a read's story


def best_path(evidence: Sequence[Evidence]) -> list[int]:
    """Find the likeliest state of each sentence.

    Args:
        evidence: One piece a sentence, in order of time.

    Returns:
        One state a sentence: CONTENT, SPOT, READ or HOUSE.
    """
    if not evidence:
        return []
    before = evidence[0]
    # An episode may begin with any of them, and most begin with content.
    content, spot = 0.0, before.spot - _LEAST_LEAVE
    read, house = before.read - _LEAST_ENTER, before.house - _LEAST_LEAVE
    back: list[tuple[int, int, int, int]] = []
    for found in evidence[1:]:
        ends = found.closes + _CLOSING * (before.closing or before.leading)
        begins = found.opens
        come_content = _best(
            content,
            spot - max(_LEAST_LEAVE, _LEAVE_SPOT - ends),
            read - max(_LEAST_LEAVE, _LEAVE_READ - ends),
            house - max(_LEAST_LEAVE, _LEAVE_HOUSE - found.closes),
        )
        if found.apart:  # as if the one ended and another began
            spot, read, house = (score - _LEAST_LEAVE - _LEAST_ENTER for score in (spot, read, house))
        come_spot = _best(content - max(_LEAST_ENTER, _ENTER_SPOT - begins), spot, read - _SPOT_READ, house - _AD_HOUSE)
        enter_read = max(_LEAST_ENTER, _ENTER_READ - begins - _OPENING * (found.opening or found.introduces))
        # Once it has closed, a read goes on only as another one.
        again = _AGAIN if before.closing and not (found.opening or found.introduces or found.leading) else 0.0
        after_house = _AD_HOUSE + _OPENING * (not (found.opening or found.introduces or found.leading))
        come_read = _best(content - enter_read, spot - _SPOT_READ - again, read - again, house - after_house)
        enter_house = max(_LEAST_ENTER, _ENTER_HOUSE - begins)
        come_house = _best(content - enter_house, spot - _AD_HOUSE, read - _AD_HOUSE, house)
        content, spot = come_content[0], come_spot[0] + found.spot
        read, house = come_read[0] + found.read, come_house[0] + found.house
        back.append((come_content[1], come_spot[1], come_read[1], come_house[1]))
        before = found
    state = _best(content, spot, read, house)[1]
    path = [state]
    for step in reversed(back):
        state = step[state]
        path.append(state)
    return path[::-1]


def _best(content: float, spot: float, read: float, house: float) -> tuple[float, int]:
    """The largest of the four, and which it is; the first of equals."""
    ad = (spot, SPOT) if spot >= read else (read, READ)
    other = ad if ad[0] >= house else (house, HOUSE)
    return (content, CONTENT) if content >= other[0] else other


def begin_at_breaks(path: list[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> None:
    """Take what leads up to a read into it, back to the longest silence, where it seems to begin in mid-flow.

    A read opens, or it is cut in. One that does neither has begun before it could be told from content: with a story.

    Args:
        path: What `best_path` gave; changed in place.
        sentences: All sentences.
        evidence: One piece a sentence.
    """
    for run in runs(path, AD):
        first = sentences[run.start]
        if run.start == 0 or evidence[run.start].opening or evidence[run.start - 1].announces:
            continue
        if first.start - sentences[run.start - 1].end >= _FLOW:
            continue
        longest, begin = _BREAK, run.start
        for place in range(run.start - 1, 0, -1):
            if first.start - sentences[place].start > _STORY:
                break
            if path[place] != CONTENT:
                if path[place] in AD and begin == run.start:  # one read after the other, without a silence
                    begin = place + 1
                break
            gap = sentences[place].start - sentences[place - 1].end
            if gap >= longest:
                longest, begin = gap, place
        path[begin : run.start] = [READ] * (run.start - begin)


def begin_with_stories(
    path: list[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence], words: Sequence[Sequence[str]]
) -> None:
    """Take the story that leads up to a read into it where its words are the read's own.

    "Do you know how many subscriptions you pay for?" belongs to the read that names subscriptions next, when nobody
    speaks of them in the rest of the episode.

    Args:
        path: What `best_path` gave; changed in place.
        sentences: All sentences.
        evidence: One piece a sentence.
        words: Their words, normalised.
    """
    said: Counter[str] | None = None
    for run in runs(path, AD):
        before = _lead_up(run.start, path, sentences, evidence)
        if not before:
            continue
        if said is None:
            said = Counter(_base(word) for of in words for word in of)
        inside = Counter(_base(word) for place in run for word in words[place])
        around = inside + Counter(_base(word) for place in before for word in words[place])
        own = {word for word, times in inside.items() if len(word) >= _OWN_WORD and around[word] == said[word]}
        begin = run.start
        for place in reversed(before):
            if begin - place > _PLAIN_STORY + 1:
                break
            if not own.isdisjoint(map(_base, words[place])):
                begin = place
        path[begin : run.start] = [READ] * (run.start - begin)


def _lead_up(first: int, path: Sequence[int], sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> range:
    """The sentences of content that may lead up to a read which seems to begin in mid-flow."""
    begin = first
    while begin and sentences[first].start - sentences[begin - 1].start <= _STORY:
        if path[begin - 1] != CONTENT or sentences[begin].start - sentences[begin - 1].end >= _FLOW:
            break
        if evidence[begin].opening or evidence[begin - 1].announces or evidence[begin - 1].returns:
            break
        begin -= 1
    return range(begin, first)


def _base(word: str) -> str:
    """The word without its plural."""
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > _OWN_WORD and word.endswith("s") and not word.endswith("ss") else word


def runs(path: Sequence[int], states: Collection[int]) -> list[range]:
    """Find where an episode is in any of some states.

    Args:
        path: One state a sentence.
        states: The states.

    Returns:
        Places of consecutive sentences, in order.
    """
    found, first = [], None
    for place, here in enumerate([*path, -1]):
        if here in states and first is None:
            first = place
        elif here not in states and first is not None:
            found.append(range(first, place))
            first = None
    return found
