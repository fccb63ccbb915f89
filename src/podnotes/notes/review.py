"""Review page: listen to and read an episode, pick quotes, add remarks, and copy or save the draft."""

from __future__ import annotations

import base64
import hashlib
import shlex
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from podnotes.corrections import place_of
from podnotes.models import OTHER_TOPIC, Topic, publishable
from podnotes.notes import fact_check, timeline, wording
from podnotes.notes.compose import MORE, choose_prompts
from podnotes.notes.context import context
from podnotes.notes.escaping import Output, as_json
from podnotes.notes.links import web_address
from podnotes.notes.rendering import around_podcast, render_file
from podnotes.notes.selection import Material
from podnotes.timestamps import clock
from podnotes.transcripts import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podnotes.models import Corrected, Episode, Findings, Note, Passage, Skipped, Transcript, Word
    from podnotes.quotability import Candidate
    from podnotes.text.sentences import Sentence

    _Timed = TypeVar("_Timed", Word, Corrected)

_FOLDER = Path(__file__).parent / "templates"
# Sentences on either side that "Show context" shows, by which a quote can be extended.
_AROUND = 4
# The page warns if more words are quoted, and if a quote is longer.
_MANY_WORDS, _LONG_QUOTE = 400, 90  # words, seconds
# Cards shown per topic; further ones are collapsed.
_SHOWN = 6
# In the reading view, a paragraph ends after this many words, or after a third of them at a pause this long.
_PARAGRAPH, _PAUSE = 75, 1.0  # words, seconds


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """Options of a review page.

    Attributes:
        audio: Path or address of the audio; the address in the feed if None.
        clip: Argument of ``podnotes clip`` for the episode (a file, address or id); no clip buttons if None.
        served: Whether ``podnotes review`` serves the page, so that choices are stored in the library and not in the
            browser.
        reasons: Explanation of each speaker's name, by the label in the transcript.
        of_show: Labels of the speakers known from other episodes of the show.
        edition: Version number that increases when sentence boundaries change; pages of an earlier edition reload.
    """

    audio: str | Path | None = None
    clip: str | None = None
    served: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)
    of_show: frozenset[str] = frozenset()
    edition: int = 0


_DEFAULTS = ReviewOptions()


def review_page(
    episode: Episode,
    transcript: Transcript,
    findings: Findings,
    note: Note,
    *,
    topics: Sequence[Topic] | None = None,
    options: ReviewOptions = _DEFAULTS,
) -> str:
    """Render the page on which the user listens to passages and picks them, or any other sentences of the episode.

    Args:
        episode: The episode.
        transcript: Its transcript; passages can be extended and shortened by whole sentences.
        findings: The passages and the skipped spans, which are greyed in the timeline and can't be picked.
        note: Result of :func:`podnotes.compose_note`: its quotes are the suggestions, and its opening, citation and
            title are used.
        topics: The topics; those of the findings if None.
        options: Options of the page.

    Returns:
        A complete HTML document that loads nothing except the audio.
    """
    from podnotes.text.sentences import sentences

    known = findings.topics if topics is None else topics
    material = Material.of(sentences(transcript), findings.skipped, language=_language(known))
    rows = timeline.rows(findings, known)
    # The most quotable passages come first, rather than the most relevant to the topic.
    ranked = [sorted(row.best_first, key=lambda passage: -_quotability(material, passage)) for row in rows]
    seconds = findings.duration or transcript.duration
    suggested: list[dict[str, Any]] = []
    passages = [
        part
        for number, row in enumerate(rows)
        for place, passage in enumerate(ranked[number])
        for part in _parts(material, passage, row.topic, f"p{number}-{place}", note, suggested)
    ]
    voices = _voices(material, episode, options)
    words = _sentences(material, transcript)
    script = (_FOLDER / "review.js").read_text(encoding="utf-8")
    values = context(note)
    public = publishable(episode)
    cited = around_podcast(note.citation, episode.podcast)
    data = {
        "key": f"podnotes-review-{_fingerprint(episode)}",
        "title": note.title,
        "opening": note.opening,
        "link": web_address(public.link),
        "web": _without_fragment(web_address(public.audio.url if public.audio else None)),
        "source": episode.podcast or episode.title,
        "seconds": round(seconds, 2),
        "limit": _MANY_WORDS,
        "quoteSeconds": _LONG_QUOTE,
        "topics": _topics(known, rows),
        "sentences": words,
        "voices": voices,
        "paragraphs": _paragraphs(material, episode, findings),
        "marks": [
            {"card": f"p{number}-{place}", "from": inside[0], "to": inside[-1] + 1}
            for number in range(len(rows))
            for place, passage in enumerate(ranked[number])
            if (inside := material.within(passage))
        ],
        "served": options.served,
        "edition": options.edition,
        "passages": passages,
        "suggested": suggested,
        "glossary": _glossary([row.topic for row in rows], words),
        "citation": dict(zip(("before", "title", "after", "address"), cited, strict=True)),
        "disclaimer": values["disclaimer"],
        "places": values["places"],
        "checks": values["checks"],
        "picture": timeline.topic_picture(episode, findings, known) if rows else "",
        "alternative": timeline.alternative(rows, seconds),
        "provenance": note.provenance,
        "version": values["version"],
        "made": note.made,
    }
    command = f"podnotes clip {shlex.quote(options.clip)}" if options.clip else None
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return render_file(
        _FOLDER / "review.html.j2",
        Output.HTML,
        {
            **values,
            "audio": "audio" if options.served and options.audio else _audio(episode, options.audio),
            "seconds": seconds,
            "picture_alternative": timeline.alternative(rows, seconds),
            "rows": [
                {
                    "title": row.topic.title,
                    "color": number % 8,
                    "marks": [_mark(passage, seconds) for passage in row.passages],
                    "cards": [
                        _card(part, passage, words, voices, command)
                        for place, passage in enumerate(ranked[number])
                        for part in passages
                        if part["of"] == f"p{number}-{place}"
                    ],
                }
                for number, row in enumerate(rows)
            ],
            "skipped": [
                {"left": _percent(span.start, seconds), "width": _percent(span.end - span.start, seconds)}
                for span in findings.skipped
            ],
            "ticks": [{"left": _percent(at, seconds), "time": clock(at)} for at in timeline.ticks(seconds)],
            "shown": _SHOWN,
            "clip_command": command,
            "voices": voices,
            "served": options.served,
            "of_show": episode.feed_url is not None,
            "suggested": len(suggested),
            "show_notes": show_notes(episode),
            "data": as_json(data, compact=True),
            "script": Markup(script),  # noqa: S704 - our own file
            "script_hash": f"sha256-{digest}",
        },
    )


def page_sentences(transcript: Transcript, skipped: Iterable[Skipped], topics: Sequence[Topic]) -> list[dict[str, Any]]:
    """Return the sentences of an episode as its page has them, to update an open page after a correction."""
    from podnotes.text.sentences import sentences

    return _sentences(Material.of(sentences(transcript), skipped, language=_language(topics)), transcript)


def show_notes(episode: Episode) -> Markup:
    """Sanitise the publisher's description: text, lists and links to the web; no images, styles or scripts."""
    import nh3

    tags = {"p", "br", "ul", "ol", "li", "b", "strong", "em", "i", "a", "blockquote", "h3", "h4"}
    cleaned = nh3.clean(
        episode.description_html,
        tags=tags,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(cleaned)  # noqa: S704 - nh3 has cleaned it


# ---------------------------------------------------------------------------------------------------------------- parts


def _language(topics: Sequence[Topic]) -> str:
    return topics[0].language if topics else "en"


def _parts(
    material: Material, passage: Passage, topic: Topic, id_: str, note: Note, suggested: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return an entry for a passage with the sentences around it, and one for each further quote from it.

    The quotes are those of the draft; they are appended to ``suggested``.
    """
    inside = _longest_run([index for index in material.within(passage) if material.usable[index]])
    if not inside:
        return []
    low, high = max(0, inside[0] - _AROUND), min(len(material.sentences), inside[-1] + 1 + _AROUND)
    # The most quotable sentences are offered; the rest of the passage is context.
    best = _best_of(material, inside)
    first, last = (best.window.first, best.window.last + 1) if best else (inside[0], inside[-1] + 1)
    whole = {"of": id_, "topic": topic.id, "title": topic.title, "low": low, "high": high}
    parts = [{"id": id_, **whole, "from": first, "to": last}]
    quotes = [quote for section in note.sections if section.topic.id == topic.id for quote in section.quotes]
    for quote in quotes:
        window = material.window(quote.passage.start, quote.passage.end)
        if window is None or window.last < inside[0] or inside[-1] < window.first:
            continue
        if any(each["start"] == quote.passage.start for each in suggested):
            continue
        # A quote may reach beyond the passage.
        bounds = {"from": window.first, "to": window.last + 1}
        place = {**whole, "low": min(low, window.first), "high": max(high, window.last + 1)}
        part = id_
        if any(each["id"] == id_ for each in suggested):
            part = f"{id_}-{len(parts)}"
            parts.append({"id": part, **place, **bounds})
        else:
            parts[0] = {"id": id_, **place, **bounds}
        suggested.append({"id": part, **bounds, "start": quote.passage.start})
    return parts


def _best_of(material: Material, inside: Sequence[int]) -> Candidate | None:
    """Return the most quotable candidate among consecutive sentences."""
    return max(
        (one for one in material.candidates if inside[0] <= one.window.first and one.window.last <= inside[-1]),
        key=lambda one: one.worth,
        default=None,
    )


def _quotability(material: Material, passage: Passage) -> float:
    """Return the worth of the most quotable candidate in a passage, or 0."""
    inside = _longest_run([index for index in material.within(passage) if material.usable[index]])
    best = _best_of(material, inside) if inside else None
    return best.worth if best else 0.0


def _longest_run(indices: Sequence[int]) -> list[int]:
    """Return the longest run of consecutive indices."""
    best: list[int] = []
    run: list[int] = []
    for index in indices:
        run = [*run, index] if run and index == run[-1] + 1 else [index]
        if len(run) > len(best):
            best = run
    return best


def _voices(material: Material, episode: Episode, options: ReviewOptions) -> list[dict[str, Any]]:
    """List the speakers in order of their first sentence."""
    labels = dict.fromkeys(sentence.speaker for sentence in material.sentences if sentence.speaker)
    return [
        {
            "label": label,
            "name": people.speaker_name(label, episode.persons),
            "reason": options.reasons.get(label, ""),
            "show": label in options.of_show,
        }
        for label in labels
    ]


def _topics(known: Sequence[Topic], rows: Sequence[timeline.Row]) -> list[dict[str, Any]]:
    """List the headings for quotes: the topics in the pack's order, then one for quotes on none of them."""
    colors = {row.topic.id: number % 8 for number, row in enumerate(rows)}
    said = {row.topic.id: " ".join(passage.text for passage in row.passages) for row in rows}
    return [
        {
            "id": topic.id,
            "title": topic.title,
            "color": colors.get(topic.id),
            "prompts": list(choose_prompts(topic, said.get(topic.id, ""), 2)),
        }
        for topic in [*known, Topic(OTHER_TOPIC, MORE)]
    ]


def _sentences(material: Material, transcript: Transcript) -> list[dict[str, Any]]:
    """Return the sentences of the episode as plain data, without default values."""
    from podnotes.text.sentences import word_starts

    starts = word_starts(transcript)
    labels = dict.fromkeys(sentence.speaker for sentence in material.sentences if sentence.speaker)
    numbers = {label: number for number, label in enumerate(labels)}
    words = sorted((word for segment in transcript.segments for word in segment.words), key=lambda word: word.start)
    changes = sorted(transcript.corrected, key=lambda change: change.start)
    found = []
    for index, sentence in enumerate(material.sentences):
        values: dict[str, Any] = {
            "text": sentence.text,
            "start": round(sentence.start, 2),
            "end": round(sentence.end, 2),
            # Start of each word in hundredths of a second, counted from the start of the sentence.
            "words": [round(100 * (start - sentence.start)) for start in starts[sentence.first : sentence.last]],
        }
        if sentence.speaker:
            values["voice"] = numbers[sentence.speaker]
        if cut := material.leadin_length(index):
            values["cut"] = cut
        if kinds := fact_check.kinds_of_claim(sentence.text):
            values["claims"] = list(kinds)
        if not material.usable[index]:
            values["unusable"] = True
        if sentence.uncertain and (doubts := _doubts(sentence, _during(words, sentence))):
            values["doubts"] = doubts
        if changed := [
            (*place, change.heard)
            for change in _during(changes, sentence)
            if (place := place_of(change, sentence.text, sentence.start, sentence.end))
        ]:
            values["corrected"] = changed
        found.append(values)
    return found


def _during(timed: Sequence[_Timed], sentence: Sentence) -> Sequence[_Timed]:
    """Return the words or corrections, given in order of time, that begin within a sentence."""
    return timed[
        bisect_left(timed, sentence.start, key=lambda one: one.start) : bisect_right(
            timed, sentence.end, key=lambda one: one.start
        )
    ]


def _doubts(sentence: Sentence, words: Sequence[Word]) -> list[list[float]]:
    """Find runs of doubtful words: offset of the first character and past the last, start and end in seconds."""
    found: list[list[float]] = []
    at, beside = 0, False
    for word in words:
        first = sentence.text.find(word.text, at)
        if first < 0 or sentence.text[at:first].strip():  # spoken by someone else at the same time
            continue
        at = first + len(word.text)
        if word.uncertain:
            if beside:
                found[-1][1::2] = [at, round(word.end, 2)]
            else:
                found.append([first, at, round(word.start, 2), round(word.end, 2)])
        beside = word.uncertain
    return found


def _paragraphs(material: Material, episode: Episode, findings: Findings) -> list[dict[str, Any]]:
    """List the paragraphs of the reading view: first sentence, chapter that begins there, kind of skipped span."""
    chapters = sorted(episode.chapters, key=lambda chapter: chapter.start)
    found: list[dict[str, Any]] = []
    size, before, skipped_before = 0, None, None
    for index, sentence in enumerate(material.sentences):
        middle = (sentence.start + sentence.end) / 2
        skipped = next((span.kind for span in findings.skipped if span.start <= middle <= span.end), None)
        chapter = None
        while chapters and chapters[0].start <= middle:
            chapter = chapters.pop(0).title
        if (
            before is None
            or chapter
            or skipped != skipped_before
            or sentence.speaker != before.speaker
            or size >= _PARAGRAPH
            or (size >= _PARAGRAPH / 3 and sentence.start - before.end >= _PAUSE)
        ):
            found.append({"from": index, "chapter": chapter, "skipped": skipped})
            size = 0
        size += sentence.last - sentence.first
        before, skipped_before = sentence, skipped
    return found


def _card(
    passage: dict[str, Any],
    found: Passage,
    words: Sequence[dict[str, Any]],
    voices: Sequence[dict[str, Any]],
    command: str | None,
) -> dict[str, Any]:
    sentences = words[passage["from"] : passage["to"]]
    speaking = {sentence.get("voice") for sentence in sentences}
    voice = speaking.pop() if len(speaking) == 1 else None
    return {
        "id": passage["id"],
        # Further quotes of a passage are hidden until picked.
        "part": passage["id"] != passage["of"],
        "time": clock(sentences[0]["start"]),
        "end_time": clock(sentences[-1]["end"]),
        "text": " ".join(sentence["text"] for sentence in sentences),
        "speaker": None if voice is None else voices[voice]["name"],
        "voice": voice,
        "percent": round(100 * found.score),
        "command": command,
    }


def _mark(passage: Passage, seconds: float) -> dict[str, float]:
    return {
        "x": round(1000 * passage.start / seconds, 2) if seconds else 0.0,
        "width": round(max(2.0, 1000 * (passage.end - passage.start) / seconds), 2) if seconds else 0.0,
        "opacity": timeline.opacity(passage.score),
    }


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 3) if whole else 0.0


def _audio(episode: Episode, audio: str | Path | None) -> str | None:
    """Return the address that the player loads: on the web, or of a local file."""
    named = audio if audio is not None else episode.audio.url if episode.audio else None
    if named is None:
        return None
    web = web_address(str(named))
    if web:
        return web
    path = Path(named).expanduser()
    return path.resolve().as_uri() if path.is_file() else None


def _without_fragment(url: str | None) -> str | None:
    return url.partition("#")[0] if url else None


def _fingerprint(episode: Episode) -> str:
    named = "\0".join((episode.feed_url or "", episode.guid, episode.title))
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _glossary(topics: Sequence[Topic], words: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the glossary terms that occur in the episode, with the forms in which they occur."""
    text = " ".join(sentence["text"] for sentence in words)
    found = {}
    for topic in topics:
        for word, meaning in topic.glossary.items():
            phrase = wording.stems(word, topic.language)
            forms = {form.lower() for form in wording.as_said(phrase, text, topic.language)}
            if forms and word not in found:
                found[word] = {"word": word, "meaning": meaning, "forms": sorted(forms)}
    return sorted(found.values(), key=lambda entry: str(entry["word"]).lower())
