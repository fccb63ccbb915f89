"""Full-text search in all transcripts, with one SQLite FTS5 table that has a row per sentence.

Row numbers encode episode and sentence, so the sentences of a block (about a minute of speech) form a range. Results
are ranked by Okapi BM25 (Robertson and Zaragoza 2009) as computed by FTS5.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podnotes.errors import LibraryError, UsageError
from podnotes.library.reading import corrected
from podnotes.library.schema import SENTENCE_TABLE
from podnotes.library.serialization import decode_segments, from_json
from podnotes.models import Episode, Findings, QualityFlag, Transcript
from podnotes.text.stopwords import is_stop_word
from podnotes.urls.privacy import MaskedRepr

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from podnotes.library.database import Database
    from podnotes.text.sentences import Sentence

#: Sentences with these flags are hallucinated and not indexed.
NOT_SAID = frozenset({QualityFlag.LOOP, QualityFlag.PHANTOM, QualityFlag.NO_SPEECH})
#: Row number of a sentence: the episode's number, shifted left by this many bits, plus the index of the sentence.
EPISODE_SHIFT = 20
#: Words must occur within a block of 2 ** BLOCK_SHIFT sentences: about a minute of speech.
BLOCK_SHIFT = 4
#: Maximum length of a query in characters.
LONGEST = 1000

# Private-use characters around the matched words in the output of FTS5.
_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(
    r"""(?P<minus>(?<!\S)-(?=["“”„«\w]))?"""
    r"""(?:["“”„«](?P<phrase>[^"“”„«»]*)["“”»]|(?P<word>[^\s"“”„«»]+))(?P<star>(?<=\*)|\*)?"""
)


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence found by a search.

    Attributes:
        start: Start in seconds.
        end: End in seconds.
        text: The sentence.
        speaker: The speaker, or None.
        url: Link that plays from the start (W3C Media Fragments, ``#t=``), or None for a local file.
        marks: Start and end (exclusive) of each matched word in the text.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    url: str | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class SearchResult(MaskedRepr):
    """Search result for one episode.

    Attributes:
        episode_id: Number of the episode in this library.
        episode: The episode.
        score: BM25 score of its best sentence; higher is better. Only comparable within one search.
        sentences: The best sentences, in chronological order.
        matches: Number of matching sentences.
        all_words: Whether all words of the query occur near each other, rather than only most of them.
    """

    episode_id: int
    episode: Episode
    score: float
    sentences: tuple[FoundSentence, ...]
    matches: int
    all_words: bool = True

    @property
    def private(self) -> bool:
        """Whether the feed is private, so that its addresses must not be shown."""
        return self.episode.private


# --------------------------------------------------------------------------------------------------------- searching


def search(
    database: Database, text: str, where: str, values: list[Any], *, limit: int, per_episode: int
) -> tuple[SearchResult, ...]:
    """See ``Library.search``; ``where`` has conditions on the table ``sentence``, with parameters ``values``."""
    if limit < 1 or per_episode < 1:
        raise UsageError("A search is for at least one episode and one sentence of each.")
    expression, words, unwanted = parse(clean(text))
    results = _matches(database, expression, _nearby(words), where, values, limit=limit, per_episode=per_episode)
    # A query phrased as a question has words that don't occur beside the others.
    telling = [word for word in words if not is_stop_word(word.strip('"').lower(), "en")]
    phrases = [word for word in telling if " " in word.removesuffix(" *")]
    for least in (len(telling) // 2 + 1, 1):
        if not telling or len(results) >= limit or (results and least == 1):
            break
        found = json.dumps([result.episode_id for result in results])
        results += _matches(
            database,
            f"({' OR '.join(telling)}){unwanted}",
            [*_nearby(phrases), (telling, least)],
            f"{where} AND (rowid >> {EPISODE_SHIFT}) NOT IN (SELECT value FROM json_each(?))",  # noqa: S608 - constant SQL
            [*values, found],
            limit=limit - len(results),
            per_episode=per_episode,
            all_words=False,
        )
    return results


def _nearby(words: list[str]) -> list[tuple[list[str], int]]:
    return [([word], 1) for word in words]


def _matches(
    database: Database,
    expression: str,
    nearby: list[tuple[list[str], int]],
    where: str,
    values: list[Any],
    *,
    limit: int,
    per_episode: int,
    all_words: bool = True,
) -> tuple[SearchResult, ...]:
    """Return the best episodes; ``nearby`` has lists of words and how many of each a block must contain."""
    block = f"rowid >> {BLOCK_SHIFT}"
    for words, least in nearby:
        blocks = [f"SELECT DISTINCT {block} AS block FROM sentence WHERE text MATCH ?"] * len(words)  # noqa: S608 - constant SQL
        enough = f"SELECT block FROM ({' UNION ALL '.join(blocks)}) GROUP BY block HAVING count(*) >= ?"  # noqa: S608 - constant SQL
        where += f" AND ({block}) IN ({enough})"
        values = [*values, *words, least]
    results = []
    with database.read() as connection:
        best = connection.execute(
            # In two steps, since bm25() can't be used inside an aggregate.
            "WITH hit AS MATERIALIZED (SELECT rowid AS id, bm25(sentence) AS score FROM sentence "  # noqa: S608 - constant SQL; values are bound
            f"WHERE text MATCH ?{where}) SELECT id >> {EPISODE_SHIFT}, min(score) AS best, count(*) FROM hit "
            "GROUP BY 1 ORDER BY best, 1 LIMIT ?",
            (expression, *values, limit),
        ).fetchall()
        for number, score, matches in best:
            rows = connection.execute(
                'SELECT rowid, start, "end", text, speaker, highlight(sentence, 0, ?, ?) FROM sentence '  # noqa: S608 - constant SQL; values are bound
                f"WHERE text MATCH ? AND rowid >= ? AND rowid < ?{where} ORDER BY bm25(sentence), rowid LIMIT ?",
                (_OPEN, _CLOSE, expression, *_rows_of(number), *values, per_episode),
            ).fetchall()
            (record,) = connection.execute("SELECT record FROM episode WHERE id = ?", (number,)).fetchone()
            episode = from_json(Episode, record)
            sentences = tuple(
                FoundSentence(start, end, text, speaker, _play_from(episode, start), _marks(marked))
                for _, start, end, text, speaker, marked in sorted(rows)
            )
            results.append(SearchResult(number, episode, -score, sentences, matches, all_words))
    return tuple(results)


def parse(text: str) -> tuple[str, list[str], str]:
    """Translate a query to FTS5 syntax; every word is quoted, so that none is interpreted as an operator.

    Args:
        text: Words, phrases in quotation marks, prefixes (``neuro*``), excluded words (``-word``).

    Returns:
        The expression that a sentence must match; the words that its block must contain (empty for a single word); and
        the part of the expression that excludes words from the sentence.

    Raises:
        UsageError: The query is empty or too long.
    """
    if len(text) > LONGEST:
        raise UsageError(f"The search is longer than {LONGEST} characters; shorten it.")
    wanted: list[str] = []
    unwanted: list[str] = []
    for match in _TOKEN.finditer(re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text)):
        words = re.findall(r"\w+", match["word"] or match["phrase"])
        if words:
            # A one-letter prefix would match nearly everything.
            star = " *" if match["star"] is not None and len(words[-1]) > 1 else ""
            (unwanted if match["minus"] else wanted).append(f'"{" ".join(words)}"{star}')
    if not wanted:
        raise UsageError("There is nothing to search for; name a word.")
    wanted = list(dict.fromkeys(wanted))
    excluded = f" NOT ({' OR '.join(unwanted)})" if unwanted else ""
    return f"({' OR '.join(wanted)}){excluded}", wanted if len(wanted) > 1 else [], excluded


def restrict(
    conditions: list[str], values: list[Any], *, person: str | None, topic: str | None
) -> tuple[str, list[Any]]:
    """Translate ``conditions`` on the table ``episode``, person and topic to conditions on ``sentence``."""
    text, values = "", list(values)
    episode = f"rowid >> {EPISODE_SHIFT}"
    if conditions:
        text += f" AND ({episode}) IN (SELECT id FROM episode WHERE {' AND '.join(conditions)})"  # noqa: S608 - constant SQL
    if person is not None:
        named = "SELECT episode_id FROM person WHERE instr(fold(name), fold(?)) > 0"
        # If the transcript names speakers, only the person's own words count.
        text += (
            f" AND ({episode}) IN ({named}) AND (instr(fold(coalesce(speaker, '')), fold(?)) > 0 "
            f"OR ({episode}) NOT IN ({named} AND source = 'transcript'))"
        )
        values += [clean(person)] * 3
    if topic is not None:
        text += (
            " AND EXISTS (SELECT 1 FROM passage WHERE topic = ? AND passage.episode_id = sentence.rowid >> ? "
            'AND sentence.start < passage."end" AND sentence."end" > passage.start)'
        )
        values += [clean(topic), EPISODE_SHIFT]
    return text, values


def _marks(marked: str) -> tuple[tuple[int, int], ...]:
    found = re.finditer(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}", marked)
    return tuple((match.start() - 2 * count, match.end() - 2 * count - 2) for count, match in enumerate(found))


def _play_from(episode: Episode, seconds: float) -> str | None:
    # Like the links in podnotes.notes, which would import a template engine.
    address = episode.audio.url if episode.audio else ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return None
    return f"{address.partition('#')[0]}#t={max(0, int(seconds))}"


# ---------------------------------------------------------------------------------------------------------- indexing


def index_transcript(connection: sqlite3.Connection, episode_id: int, transcript: Transcript) -> None:
    """Index a transcript with its corrections applied, replacing the episode's earlier entries."""
    unindex_transcript(connection, episode_id)
    first, end = _rows_of(episode_id)
    found = findable(corrected(connection, episode_id, transcript))
    if len(found) > end - first:
        raise LibraryError(f"The transcript of episode {episode_id} is longer than the library can hold.")
    connection.executemany(
        'INSERT INTO sentence (rowid, text, start, "end", speaker) VALUES (?, ?, ?, ?, ?)',
        (
            (row, clean(one.text), one.start, one.end, clean(one.speaker) if one.speaker else None)
            for row, one in enumerate(found, start=first)
        ),
    )
    save_people(connection, episode_id, "transcript", {s.speaker for s in transcript.segments if s.speaker})


def findable(transcript: Transcript) -> list[Sentence]:
    """Return the sentences of a transcript that are indexed."""
    from podnotes.text.sentences import sentences

    return [sentence for sentence in sentences(transcript) if sentence.doubt not in NOT_SAID]


def unindex_transcript(connection: sqlite3.Connection, episode_id: int) -> None:
    """Remove the transcript of an episode from the index."""
    connection.execute("DELETE FROM sentence WHERE rowid >= ? AND rowid < ?", _rows_of(episode_id))
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    save_people(connection, episode_id, "transcript", ())


def rebuild(connection: sqlite3.Connection) -> None:
    """Rebuild the index from all episodes, transcripts and findings, skipping damaged ones."""
    # Rows can't be deleted from a damaged index.
    for statement in ("DROP TABLE sentence", *SENTENCE_TABLE, "DELETE FROM passage", "DELETE FROM person"):
        connection.execute(statement)
    for episode_id, record in connection.execute("SELECT id, record FROM episode").fetchall():
        with contextlib.suppress(LibraryError):
            save_people(connection, episode_id, "feed", people_of(from_json(Episode, record)))
    for (episode_id,) in connection.execute("SELECT episode_id FROM transcript").fetchall():
        record, segments, words, findings = connection.execute(
            "SELECT record, segments, words, (SELECT record FROM findings WHERE findings.episode_id = "
            "transcript.episode_id ORDER BY id DESC LIMIT 1) FROM transcript WHERE episode_id = ?",
            (episode_id,),
        ).fetchone()
        with contextlib.suppress(LibraryError):
            decoded = decode_segments(segments, words)
            index_transcript(connection, episode_id, replace(from_json(Transcript, record), segments=decoded))
            if findings is not None:
                save_passages(connection, episode_id, from_json(Findings, findings))


def people_of(episode: Episode) -> set[str]:
    """Return the names of people in an episode according to its feed."""
    return {person.name for person in episode.persons} | ({episode.author} if episode.author else set())


def save_people(connection: sqlite3.Connection, episode_id: int, source: str, names: Iterable[str]) -> None:
    """Save the people in an episode, replacing earlier ones from the same source ("feed" or "transcript")."""
    connection.execute("DELETE FROM person WHERE episode_id = ? AND source = ?", (episode_id, source))
    connection.executemany(
        "INSERT INTO person (episode_id, source, name) VALUES (?, ?, ?)",
        [(episode_id, source, name) for name in sorted({clean(name) for name in names})],
    )


def save_passages(connection: sqlite3.Connection, episode_id: int, findings: Findings) -> None:
    """Save the times and topics of an episode's passages, replacing earlier ones."""
    connection.execute("DELETE FROM passage WHERE episode_id = ?", (episode_id,))
    connection.executemany(
        'INSERT INTO passage (episode_id, topic, start, "end") VALUES (?, ?, ?, ?)',
        [(episode_id, passage.topic, passage.start, passage.end) for passage in findings.passages],
    )


def clean(text: str) -> str:
    """Replace unpaired surrogates from broken feeds, which aren't valid in UTF-8, so that SQLite accepts the text."""
    return text.encode("utf-8", "replace").decode()


def _rows_of(episode_id: int) -> tuple[int, int]:
    """Return the range of row numbers for the sentences of an episode; its end is exclusive."""
    return episode_id << EPISODE_SHIFT, (episode_id + 1) << EPISODE_SHIFT
