"""Full-text search over everything that was ever transcribed.

What is ranked is a piece of about a minute (see indexing.py); what is shown is the sentence: the best few pieces are
indexed once more, in memory, sentence by sentence, and asked again.

Ranking is Okapi BM25 (Robertson and Zaragoza 2009) as FTS5 computes it; without the lengths of the pieces
(``columnsize=0``), which are all alike.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podnotes.errors import UsageError
from podnotes.library.indexing import EPISODE_SHIFT, IndexedSentence, read_piece
from podnotes.library.query import parse
from podnotes.library.records import from_json
from podnotes.masking import MaskedRepr
from podnotes.models import Episode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podnotes.library.database import Database

#: English stems; letters with and without accents are the same.
TOKENIZER = "porter unicode61 remove_diacritics 2"
# Private characters that mark a found word while FTS5 hands it over.
_OPEN, _CLOSE = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence that a search found.

    Attributes:
        start: Seconds.
        end: Seconds.
        text: As it was said.
        speaker: Who says it, or None.
        url: Link that plays from there (``#t=`` of the W3C Media Fragments), or None for a file of her own.
        marks: Where the words that were looked for are in the text: first character, one past the last.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    url: str | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class SearchResult(MaskedRepr):
    """What a search found in one episode.

    Attributes:
        episode_id: Its number in this library.
        episode: The episode.
        score: How well its best place fits (BM25); more is better; comparable within one search.
        sentences: The best sentences, in order of time.
    """

    episode_id: int
    episode: Episode
    score: float
    sentences: tuple[FoundSentence, ...]

    @property
    def private(self) -> bool:
        """Whether its feed is for one subscriber only, so that its addresses are not to be shown."""
        return self.episode.private


#: A sentence: number of the episode, row of the piece, place in the piece; sorts by time.
_Key = tuple[int, int, int]
#: Pieces of an episode, best first: score and row number.
_Pieces = list[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Filter:
    """Where to search.

    Attributes:
        conditions: On the table ``episode``, in SQL, joined by AND.
        values: For their question marks.
        person: Part of the name of somebody who takes part.
        topic: Id of a topic: only passages on it.
    """

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    person: str | None = None
    topic: str | None = None


class Searcher:
    """Searches one open library.

    Args:
        database: The library's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._scratch: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the memory."""
        with self._guard:
            scratch, self._scratch = self._scratch, None
            if scratch is not None:
                scratch.close()

    def search(self, text: str, where: Filter, *, limit: int, per_episode: int) -> tuple[SearchResult, ...]:
        """See ``Library.search``."""
        if limit < 1 or per_episode < 1:
            raise UsageError("A search is for at least one episode and one sentence of each.")
        query = parse(text)
        results: list[SearchResult] = []
        with self._guard, self._database.read() as connection:
            candidates = self._ranked(connection, query.expression, where, at_least=limit)
            while len(results) < limit:
                some = list(itertools.islice(candidates, limit - len(results)))
                if not some:
                    break
                results += self._shown(connection, some, query.wanted, query.words, where, per_episode)
        return tuple(results)

    def _ranked(
        self, connection: sqlite3.Connection, expression: str, where: Filter, *, at_least: int
    ) -> Iterator[tuple[int, _Pieces]]:
        """Episodes with the pieces that fit, the one with the best piece first."""
        conditions, values = ["spoken MATCH ?"], [expression]
        episodes, episode_values = list(where.conditions), list(where.values)
        if where.person is not None:
            episodes.append("id IN (SELECT episode_id FROM person WHERE instr(fold(name), fold(?)) > 0)")
            episode_values.append(where.person)
        if episodes:
            known = f"SELECT id FROM episode WHERE {' AND '.join(episodes)}"  # noqa: S608 - our own words; hers are bound
            conditions.append(f"(rowid >> {EPISODE_SHIFT}) IN ({known})")
            values += episode_values
        if where.topic is not None:
            # The plus keeps SQLite from asking the index once for each of these rows.
            conditions.append("+rowid IN (SELECT piece FROM passage WHERE topic = ?)")
            values.append(where.topic)
        statement = (
            # bm25() with LIMIT keeps the best few while it goes; ORDER BY rank would sort all that match first.
            # Without lengths it divides by nothing when pieces have three words on the average: NULL.
            "SELECT rowid, coalesce(bm25(spoken), 0.0) AS score FROM spoken "  # noqa: S608 - our own words; hers are bound
            f"WHERE {' AND '.join(conditions)} ORDER BY score, rowid LIMIT ?"
        )
        wanted, given = 30 * at_least, set[int]()
        while True:
            rows = connection.execute(statement, (*values, wanted)).fetchall()
            groups: dict[int, _Pieces] = {}
            for row, score in rows:
                groups.setdefault(row >> EPISODE_SHIFT, []).append((-score, row))
            for number, pieces in groups.items():
                if number not in given:
                    given.add(number)
                    yield number, pieces
            if len(rows) < wanted:
                return
            wanted *= 10

    def _shown(
        self,
        connection: sqlite3.Connection,
        candidates: list[tuple[int, _Pieces]],
        wanted: str,
        words: str,
        where: Filter,
        per_episode: int,
    ) -> list[SearchResult]:
        sentences = {
            (number, *place): sentence
            for number, pieces in candidates
            for place, sentence in _candidate_sentences(connection, number, pieces[: per_episode + 1], where)
        }
        marked = self._match(sentences, wanted)
        missing = {number for number, _ in candidates} - {number for number, _, _ in marked}
        if missing:
            # A phrase that runs over the end of a sentence is in none: show the sentences that have its words.
            marked |= self._match({key: held for key, held in sentences.items() if key[0] in missing}, words)
        results = []
        for number, pieces in candidates:
            best = sorted((score, key) for key, (score, _) in marked.items() if key[0] == number)
            keys = sorted(key for _, key in best[:per_episode])
            if not keys:
                continue
            (record,) = connection.execute("SELECT record FROM episode WHERE id = ?", (number,)).fetchone()
            episode = from_json(Episode, record)
            shown = tuple(_show(episode, sentences[key], marked[key][1]) for key in keys)
            results.append(SearchResult(number, episode, pieces[0][0], shown))
        return results

    def _match(self, sentences: dict[_Key, IndexedSentence], expression: str) -> dict[_Key, tuple[float, str]]:
        """Ask single sentences; for those that match: BM25 (less is better) and the text with marks."""
        if self._scratch is None:
            self._scratch = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._scratch.execute(f"CREATE VIRTUAL TABLE sentence USING fts5(text, tokenize='{TOKENIZER}')")
        keys = list(sentences)
        self._scratch.execute("BEGIN")
        try:
            self._scratch.executemany(
                "INSERT INTO sentence (rowid, text) VALUES (?, ?)",
                ((row, sentences[key].text) for row, key in enumerate(keys)),
            )
            rows = self._scratch.execute(
                "SELECT rowid, bm25(sentence), highlight(sentence, 0, ?, ?) FROM sentence WHERE sentence MATCH ?",
                (_OPEN, _CLOSE, expression),
            ).fetchall()
        finally:
            self._scratch.execute("ROLLBACK")
        return {keys[row]: (score, text) for row, score, text in rows}


def _candidate_sentences(
    connection: sqlite3.Connection, number: int, pieces: _Pieces, where: Filter
) -> Iterator[tuple[tuple[int, int], IndexedSentence]]:
    """Sentences of the pieces that the filter lets through, each with its place in the episode."""
    person = None
    if where.person is not None:
        # Where the transcript says who speaks, only that person's own words count.
        named = connection.execute(
            "SELECT 1 FROM person "
            "WHERE episode_id = ? AND source = 'transcript' AND instr(fold(name), fold(?)) > 0 LIMIT 1",
            (number, where.person),
        ).fetchone()
        person = None if named is None else where.person.casefold()
    for _, row in pieces:
        (record,) = connection.execute("SELECT record FROM piece WHERE id = ?", (row,)).fetchone()
        on_topic = None if where.topic is None else _on_topic(connection, row, where.topic)
        for place, sentence in enumerate(read_piece(record)):
            if not sentence.said or (on_topic is not None and place not in on_topic):
                continue
            if person is not None and person not in (sentence.speaker or "").casefold():
                continue
            yield (row, place), sentence


def _on_topic(connection: sqlite3.Connection, row: int, topic: str) -> set[int]:
    rows = connection.execute("SELECT first, last FROM passage WHERE piece = ? AND topic = ?", (row, topic))
    return {place for first, last in rows for place in range(first, last)}


def _show(episode: Episode, sentence: IndexedSentence, marked: str) -> FoundSentence:
    marks = []
    if _OPEN not in sentence.text and _CLOSE not in sentence.text:
        place = 0
        for part in re.split(f"({_OPEN}|{_CLOSE})", marked):
            if part == _OPEN:
                begin = place
            elif part == _CLOSE:
                marks.append((begin, place))
            else:
                place += len(part)
    return FoundSentence(
        sentence.start,
        sentence.end,
        sentence.text,
        sentence.speaker,
        _play_from(episode, sentence.start),
        tuple(marks),
    )


def _play_from(episode: Episode, seconds: float) -> str | None:
    # The drafts' own links are made in podnotes.notes, which costs a template engine to import.
    address = episode.audio.url if episode.audio else ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return None
    return f"{address.partition('#')[0]}#t={max(0, int(seconds))}"
