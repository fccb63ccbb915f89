"""The index that searching reads: what is said, who takes part, what is on which topic.

The unit that is indexed and ranked is a few sentences, about a minute of talk: close enough together that two words
found in one belong to the same thought, and few enough that ranking all that match takes milliseconds. The row number
of such a piece tells the episode and the sentences, so that the index holds no text (FTS5's contentless tables) and
the words are in the file once, in the transcript.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from podnotes.errors import LibraryError
from podnotes.library.encoding import decode_segments, numbers, pack, read_numbers, segment_texts, unpack
from podnotes.library.records import from_json
from podnotes.models import Doubt, Episode, Findings, Transcript

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from podnotes.models import Segment

#: A piece is closed when it has so many words.
PIECE_WORDS = 150
#: Most sentences of one piece: what fits into its row number.
PIECE_SENTENCES = 255
#: Words that nobody said are not found.
NOT_SAID = frozenset({Doubt.LOOP, Doubt.PHANTOM, Doubt.NO_SPEECH})

# A piece's row number: episode, first sentence, number of sentences.
COUNT_BITS = 8
FIRST_BITS = 20
EPISODE_SHIFT = COUNT_BITS + FIRST_BITS


class IndexedSentence(NamedTuple):
    """A sentence of a transcript as the index knows it.

    Attributes:
        start: Seconds.
        end: Seconds.
        text: One line.
        speaker: Who says it, or None.
        said: False for words that the recognition made up; such a sentence is not found.
    """

    start: float
    end: float
    text: str
    speaker: str | None
    said: bool


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the whole index anew from the episodes, transcripts and findings."""
    connection.execute("INSERT INTO spoken (spoken) VALUES ('delete-all')")
    for table in ("sentences", "passage", "person"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of three words
    for episode_id, record in connection.execute("SELECT id, record FROM episode").fetchall():
        episode = from_json(Episode, record)
        save_people(connection, episode_id, "feed", people_of(episode))
    for (episode_id,) in connection.execute("SELECT episode_id FROM transcript").fetchall():
        record, segments, words = connection.execute(
            "SELECT record, segments, words FROM transcript WHERE episode_id = ?", (episode_id,)
        ).fetchone()
        decoded = decode_segments(segments, words)
        index_transcript(connection, episode_id, replace(from_json(Transcript, record), segments=decoded))
        findings = connection.execute(
            "SELECT record FROM findings WHERE episode_id = ? ORDER BY id DESC LIMIT 1", (episode_id,)
        ).fetchone()
        if findings is not None:
            save_passages(connection, episode_id, from_json(Findings, findings[0]))


def people_of(episode: Episode) -> set[str]:
    """Who takes part in an episode, as far as its feed says."""
    return {person.name for person in episode.persons} | ({episode.author} if episode.author else set())


def save_people(connection: sqlite3.Connection, episode_id: int, source: str, names: set[str]) -> None:
    """Remember who takes part in an episode, in place of what the same source ("feed" or "transcript") said before."""
    connection.execute("DELETE FROM person WHERE episode_id = ? AND source = ?", (episode_id, source))
    connection.executemany(
        "INSERT INTO person (episode_id, source, name) VALUES (?, ?, ?)",
        [(episode_id, source, name) for name in sorted({_one_line(name) for name in names})],
    )


def index_transcript(connection: sqlite3.Connection, episode_id: int, transcript: Transcript) -> None:
    """Make a transcript findable; the episode must not be in the index."""
    from podnotes.passages.sentences import sentences

    joined = _joined_text(transcript.segments)
    spans = [match.span() for match in re.finditer(r"\S+", joined)]
    found = [sentence for sentence in sentences(transcript) if sentence.last > sentence.first]
    record = {
        "first": _differences(spans[sentence.first][0] for sentence in found),
        "last": _differences(spans[sentence.last - 1][1] for sentence in found),
        "start": numbers([math.floor(sentence.start * 1000) / 1000 for sentence in found]),
        "end": numbers([math.ceil(sentence.end * 1000) / 1000 for sentence in found]),
        "speaker": [[who, len(list(run))] for who, run in itertools.groupby(sentence.speaker for sentence in found)],
        "unsaid": [place for place, sentence in enumerate(found) if sentence.doubt in NOT_SAID],
    }
    save_people(connection, episode_id, "transcript", {s.speaker for s in transcript.segments if s.speaker})
    packed = pack(record)
    connection.execute("INSERT INTO sentences (episode_id, record) VALUES (?, ?)", (episode_id, packed))
    connection.executemany("INSERT INTO spoken (rowid, text) VALUES (?, ?)", _pieces(episode_id, _read(joined, packed)))


def unindex_transcript(connection: sqlite3.Connection, episode_id: int) -> None:
    """Take the transcript that the library has of an episode out of the index."""
    found = stored_sentences(connection, episode_id)
    # A contentless index forgets a row only when it is told the row's words.
    connection.executemany(
        "INSERT INTO spoken (spoken, rowid, text) VALUES ('delete', ?, ?)", _pieces(episode_id, found)
    )
    connection.execute("DELETE FROM sentences WHERE episode_id = ?", (episode_id,))
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    connection.execute("DELETE FROM person WHERE episode_id = ? AND source = 'transcript'", (episode_id,))


def _joined_text(segments: Sequence[Segment]) -> str:
    """All words of a transcript in order of time, segments joined by one space."""
    ordered = sorted(segments, key=lambda segment: segment.start)
    return " ".join(segment.text for segment in ordered)


def _differences(values: Iterable[int]) -> list[int]:
    """Whole numbers as differences, which compress well."""
    listed = list(values)
    return [value - before for value, before in zip(listed, [0, *listed], strict=False)]


def _pieces(episode_id: int, found: Sequence[IndexedSentence]) -> Iterator[tuple[int, str]]:
    if len(found) >= 1 << FIRST_BITS:
        raise LibraryError(f"The transcript of episode {episode_id} has more sentences than the library can hold.")
    first = 0
    while first < len(found):
        last, words = first, 0
        while last < len(found) and words < PIECE_WORDS and last - first < PIECE_SENTENCES:
            words += found[last].text.count(" ") + 1
            last += 1
        text = " ".join(sentence.text for sentence in found[first:last] if sentence.said)
        if text:
            yield (episode_id << EPISODE_SHIFT) | (first << COUNT_BITS) | (last - first), text
        first = last


def stored_sentences(connection: sqlite3.Connection, episode_id: int) -> list[IndexedSentence]:
    """The sentences of an episode's transcript; none when it has no transcript."""
    row = connection.execute(
        "SELECT transcript.segments, sentences.record FROM sentences JOIN transcript USING (episode_id) "
        "WHERE episode_id = ?",
        (episode_id,),
    ).fetchone()
    if row is None:
        return []
    return _read(segment_texts(row[0]), row[1])


def _read(joined: str, packed: bytes) -> list[IndexedSentence]:
    record = unpack(packed)
    unsaid = set(record["unsaid"])
    speakers = itertools.chain.from_iterable(itertools.repeat(who, count) for who, count in record["speaker"])
    columns = zip(
        itertools.accumulate(record["first"]),
        itertools.accumulate(record["last"]),
        read_numbers(record["start"]),
        read_numbers(record["end"]),
        speakers,
        strict=True,
    )
    # Half of a surrogate pair has no place in UTF-8, and a break inside a segment none in a sentence.
    return [
        IndexedSentence(start, end, _one_line(joined[first:last]), who, place not in unsaid)
        for place, (first, last, start, end, who) in enumerate(columns)
    ]


def _one_line(text: str) -> str:
    text = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    return " ".join(text.split())


def save_passages(connection: sqlite3.Connection, episode_id: int, findings: Findings) -> None:
    """Remember which sentences of an episode are on which topic, in place of what was remembered before."""
    found = stored_sentences(connection, episode_id)
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    for passage in findings.passages:
        inside = [
            place
            for place, sentence in enumerate(found)
            if sentence.start < passage.end and sentence.end > passage.start
        ]
        if inside:
            connection.execute(
                "INSERT INTO passage (episode_id, topic, first, last) VALUES (?, ?, ?, ?)",
                (episode_id, passage.topic, inside[0], inside[-1] + 1),
            )
