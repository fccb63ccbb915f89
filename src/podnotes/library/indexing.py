"""The index that searching reads: what is said, who takes part, what is on which topic.

The unit that is indexed and ranked is a piece: a few sentences, about a minute of talk. Two words found in one belong
to the same thought, and there are few enough that ranking all that match takes milliseconds. Its row number tells the
episode. The index holds no text (FTS5's contentless tables); each piece has its sentences beside it, compressed, so
that showing a result reads a few hundred bytes instead of a whole transcript.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

from podnotes.errors import LibraryError
from podnotes.library.encoding import numbers, pack, read_numbers, unpack
from podnotes.library.reading import corrected, read_transcript
from podnotes.library.records import from_json
from podnotes.models import Doubt, Episode, Findings

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from podnotes.models import Transcript
    from podnotes.passages.sentences import Sentence

#: A piece is closed when it has so many words.
PIECE_WORDS = 150
#: Words that nobody said are not found.
NOT_SAID = frozenset({Doubt.LOOP, Doubt.PHANTOM, Doubt.NO_SPEECH})
#: A piece's row number is the episode's, shifted by so many bits, plus its place in the episode.
EPISODE_SHIFT = 20


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


# ------------------------------------------------------------------------------------------------------ pieces


def read_piece(record: bytes) -> list[IndexedSentence]:
    """The sentences of a piece from its record."""
    columns = unpack(record)
    speakers = itertools.chain.from_iterable(itertools.repeat(who, count) for who, count in columns["speaker"])
    unsaid = columns.get("unsaid", ())
    times = zip(read_numbers(columns["start"]), read_numbers(columns["end"]), strict=True)
    return [
        IndexedSentence(start, end, text, who, place not in unsaid)
        for place, ((start, end), text, who) in enumerate(zip(times, columns["text"], speakers, strict=True))
    ]


def _record_of(found: Sequence[Sentence]) -> bytes:
    columns = {
        "text": [_one_line(sentence.text) for sentence in found],
        "start": numbers([math.floor(sentence.start * 1000) / 1000 for sentence in found]),
        "end": numbers([math.ceil(sentence.end * 1000) / 1000 for sentence in found]),
        "speaker": [[who, len(list(run))] for who, run in itertools.groupby(sentence.speaker for sentence in found)],
    }
    unsaid = [place for place, sentence in enumerate(found) if sentence.doubt in NOT_SAID]
    return pack({**columns, "unsaid": unsaid} if unsaid else columns)


def _text_of(record: bytes) -> str:
    return " ".join(sentence.text for sentence in read_piece(record) if sentence.said)


def _cut(found: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    first = 0
    while first < len(found):
        last, words = first, 0
        while last < len(found) and words < PIECE_WORDS:
            words += max(1, found[last].last - found[last].first)
            last += 1
        yield found[first:last]
        first = last


def _rows_of(episode_id: int) -> tuple[int, int]:
    """The row numbers that pieces of an episode may have: the first, and one past the last."""
    return episode_id << EPISODE_SHIFT, (episode_id + 1) << EPISODE_SHIFT


def _one_line(text: str) -> str:
    # Half of a surrogate pair, out of a broken transcript, has no place in UTF-8.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


# ---------------------------------------------------------------------------------------------------- indexing


def index_transcript(connection: sqlite3.Connection, episode_id: int, heard: Transcript) -> None:
    """Make a transcript findable, with its corrections; the episode must not be in the index."""
    from podnotes.passages.sentences import sentences

    transcript = corrected(connection, episode_id, heard)
    row, end = _rows_of(episode_id)
    for piece in _cut(sentences(transcript)):
        if row >= end:
            raise LibraryError(f"The transcript of episode {episode_id} is longer than the library can hold.")
        record = _record_of(piece)
        connection.execute("INSERT INTO piece (id, record) VALUES (?, ?)", (row, record))
        text = _text_of(record)
        if text:
            connection.execute("INSERT INTO spoken (rowid, text) VALUES (?, ?)", (row, text))
        row += 1
    save_people(connection, episode_id, "transcript", {s.speaker for s in transcript.segments if s.speaker})


def unindex_transcript(connection: sqlite3.Connection, episode_id: int) -> None:
    """Take the transcript of an episode out of the index."""
    rows = connection.execute("SELECT id, record FROM piece WHERE id >= ? AND id < ?", _rows_of(episode_id)).fetchall()
    # A contentless index forgets a row only when it is told the row's words.
    connection.executemany(
        "INSERT INTO spoken (spoken, rowid, text) VALUES ('delete', ?, ?)",
        ((row, text) for row, record in rows if (text := _text_of(record))),
    )
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    connection.execute("DELETE FROM piece WHERE id >= ? AND id < ?", _rows_of(episode_id))
    save_people(connection, episode_id, "transcript", set())


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the whole index anew from the episodes, transcripts and findings."""
    connection.execute("INSERT INTO spoken (spoken) VALUES ('delete-all')")
    for table in ("passage", "piece", "person"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of three words
    for episode_id, record in connection.execute("SELECT id, record FROM episode").fetchall():
        save_people(connection, episode_id, "feed", people_of(from_json(Episode, record)))
    for (episode_id,) in connection.execute("SELECT episode_id FROM transcript").fetchall():
        heard = read_transcript(connection, episode_id, as_heard=True)
        assert heard is not None
        index_transcript(connection, episode_id, heard)
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


def save_passages(connection: sqlite3.Connection, episode_id: int, findings: Findings) -> None:
    """Remember which sentences of an episode are on which topic, in place of what was remembered before."""
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    if not findings.passages:
        return
    for row, record in connection.execute(
        "SELECT id, record FROM piece WHERE id >= ? AND id < ?", _rows_of(episode_id)
    ).fetchall():
        found = read_piece(record)
        for passage in findings.passages:
            if passage.start >= found[-1].end or passage.end <= found[0].start:
                continue
            inside = [
                place
                for place, sentence in enumerate(found)
                if sentence.start < passage.end and sentence.end > passage.start
            ]
            if inside:
                connection.execute(
                    "INSERT INTO passage (episode_id, topic, piece, first, last) VALUES (?, ?, ?, ?, ?)",
                    (episode_id, passage.topic, row, inside[0], inside[-1] + 1),
                )
