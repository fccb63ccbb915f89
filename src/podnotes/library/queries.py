"""Full-text search in all transcripts.

Results are ranked by Okapi BM25 (Robertson and Zaragoza 2009) as computed by SQLite's FTS5.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podnotes.errors import UsageError
from podnotes.library.episodes import episode_conditions
from podnotes.library.search_index import BLOCK_SHIFT, EPISODE_SHIFT, rows_of
from podnotes.library.serialization import clean, from_json
from podnotes.models import Episode
from podnotes.notes.links import play_from
from podnotes.text.stopwords import is_stop_word

if TYPE_CHECKING:
    from datetime import datetime

    from podnotes.library.database import Database

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
        url: Link that plays from the start (W3C Media Fragments, ``#t=``); None for a local file or a private feed.
        marks: Start and end (exclusive) of each matched word in the text.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    url: str | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
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


class Queries:
    """Library methods for searching."""

    _database: Database

    def search(
        self,
        query: str,
        *,
        podcast: str | None = None,
        person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: str | None = None,
        limit: int = 10,
        per_episode: int = 3,
    ) -> tuple[SearchResult, ...]:
        """Search all transcripts.

        Args:
            query: Words (all, otherwise most of them, within about a minute of speech), ``"a phrase"``, ``prefix*``,
                ``-unwanted``. English words are found in all inflections.
            podcast: Part of the podcast's title, or the address of its feed.
            person: Part of a person's name. If the transcript names speakers, only this person's words are searched.
            since: Earliest time of publication.
            until: Latest time of publication, exclusive.
            topic: Id of a topic; only passages on it are searched.
            limit: Maximum number of episodes.
            per_episode: Maximum number of sentences per episode.

        Returns:
            Episodes with their best sentences, best first; those with all words precede those with most of them.

        Raises:
            UsageError: The query is invalid.
        """
        if limit < 1 or per_episode < 1:
            raise UsageError("A search is for at least one episode and one sentence of each.")
        where, values = _conditions(podcast=podcast, person=person, since=since, until=until, topic=topic)
        expression, words, unwanted = _parse(clean(query))
        nearby = [([word], 1) for word in words]
        results = _matches(self._database, expression, nearby, where, values, limit=limit, per_episode=per_episode)
        # A query phrased as a question has words that don't occur beside the others.
        telling = [word for word in words if not is_stop_word(word.strip('"').lower(), "en")]
        phrases = [([word], 1) for word in telling if " " in word.removesuffix(" *")]
        for least in (len(telling) // 2 + 1, 1):
            if not telling or len(results) >= limit or (results and least == 1):
                break
            results += _matches(
                self._database,
                f"({' OR '.join(telling)}){unwanted}",
                [*phrases, (telling, least)],
                f"{where} AND (rowid >> {EPISODE_SHIFT}) NOT IN (SELECT value FROM json_each(?))",  # noqa: S608 - constant SQL
                [*values, json.dumps([result.episode_id for result in results])],
                limit=limit - len(results),
                per_episode=per_episode,
                all_words=False,
            )
        return results

    def topic_ids(self) -> tuple[str, ...]:
        """Return the ids of all topics with passages in the library."""
        return tuple(topic for (topic,) in self._database.rows("SELECT DISTINCT topic FROM passage ORDER BY topic"))


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
                (_OPEN, _CLOSE, expression, *rows_of(number), *values, per_episode),
            ).fetchall()
            (record,) = connection.execute("SELECT record FROM episode WHERE id = ?", (number,)).fetchone()
            episode = from_json(Episode, record)
            sentences = tuple(
                FoundSentence(start, end, text, speaker, play_from(episode, start), _marks(marked))
                for _, start, end, text, speaker, marked in sorted(rows)
            )
            results.append(SearchResult(number, episode, -score, sentences, matches, all_words))
    return tuple(results)


def _parse(text: str) -> tuple[str, list[str], str]:
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


def _conditions(
    *, podcast: str | None, person: str | None, since: datetime | None, until: datetime | None, topic: str | None
) -> tuple[str, list[Any]]:
    """Translate the arguments of ``search`` to SQL conditions on the table ``sentence`` and their values."""
    conditions, values = episode_conditions(podcast=podcast, since=since, until=until)
    text = ""
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
