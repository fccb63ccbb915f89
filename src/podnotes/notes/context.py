"""Plain data for templates; the template ``json`` prints all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podnotes import __version__
from podnotes.models import publishable
from podnotes.notes.escaping import Address, one_line
from podnotes.notes.links import long_date, web_address
from podnotes.notes.options import CHECKS, DISCLAIMER, PLACES
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from podnotes.models import Episode, Note, Quote
    from podnotes.notes.digest import Digest, DigestQuote


def _address(url: str | None) -> Address | None:
    cleaned = web_address(url)
    return Address(cleaned) if cleaned else None


def _source(episode: Episode) -> str:
    """Return the attribution of a quote without a speaker: the podcast, or else the episode."""
    return episode.podcast or episode.title


def quote_values(episode: Episode, quote: Quote) -> dict[str, Any]:
    """Return the values of a quote for templates, as plain data."""
    return {
        "text": quote.passage.text,
        "speaker": quote.speaker,
        "by": quote.speaker or _source(episode),
        "time": quote.time,
        "end_time": clock(quote.passage.end),
        "start": round(quote.passage.start, 2),
        "end": round(quote.passage.end, 2),
        "url": _address(quote.url),
        "cut": quote.cut,
        "remark": quote.remark,
        "score": round(quote.passage.score, 3),
        "chapter": quote.passage.chapter,
        "terms": list(quote.passage.terms),
    }


def _episode_values(episode: Episode) -> dict[str, Any]:
    episode = publishable(episode)
    return {
        "id": episode.id,
        "title": one_line(episode.title),
        "podcast": one_line(episode.podcast),
        "date": episode.published.date().isoformat() if episode.published else None,
        "date_long": long_date(episode.published.date()) if episode.published else None,
        "link": _address(episode.link),
        "audio": _address(episode.audio.url if episode.audio else None),
        "number": episode.number,
        "season": episode.season,
        "duration": clock(episode.duration) if episode.duration else None,
        "guid": episode.guid,
    }


def _post_values(post: Note | Digest) -> dict[str, Any]:
    """Return the values that drafts and digests have in common."""
    return {
        "title": one_line(post.title),
        "opening": one_line(post.opening),
        "claims": [
            {"text": claim.text, "why": claim.why, "time": claim.time, "url": _address(claim.url)}
            for claim in post.claims
        ],
        "glossary": [{"word": word, "meaning": meaning} for word, meaning in post.glossary],
        "tags": list(post.tags),
        "disclaimer": DISCLAIMER,
        "places": dict(PLACES),
        "checks": list(CHECKS),
        "quoted_words": post.quoted_words,
        "made": post.made,
        "version": __version__,
    }


def context(note: Note) -> dict[str, Any]:
    """Return all values of a draft for templates and JSON, as plain data; addresses are http(s) links or None."""
    episode = note.episode
    own = dict(note.own_words)
    return {
        **_post_values(note),
        "titles": [one_line(title) for title in note.titles],
        "podcast": one_line(episode.podcast),
        "episode": _episode_values(episode),
        "people": [{"name": one_line(person.name), "role": one_line(person.role)} for person in note.people],
        "sections": [
            {
                "id": section.topic.id,
                "title": section.topic.title,
                "about": section.topic.about,
                # Always empty; kept for programs that read the JSON of earlier versions.
                "summary": [],
                "quotes": [quote_values(episode, quote) for quote in section.quotes],
                "prompts": list(section.prompts),
                "words": own.get(f"practice:{section.topic.id}", ""),
                "remarked": any(quote.remark for quote in section.quotes),
            }
            for section in note.sections
        ],
        "questions": [quote_values(episode, question) for question in note.questions],
        "citation": one_line(note.citation),
        "key_terms": list(note.key_terms),
        "provenance": note.provenance,
        "notices": [one_line(notice) for notice in note.notices],
        "words": {place: own.get(place, "") for place in PLACES},
        "quoted_percent": None if note.quoted_share is None else round(100 * note.quoted_share, 1),
    }


def digest_context(digest: Digest) -> dict[str, Any]:
    """Return all values of a digest for templates, as plain data."""

    def values(each: DigestQuote) -> dict[str, Any]:
        episode = digest.sources[each.source]
        return {
            **quote_values(episode, each.quote),
            "episode": _episode_values(episode),
            "source": each.source + 1,
            "also": [
                {
                    "time": quote.time,
                    "url": _address(quote.url),
                    "source": source + 1,
                    "episode": _episode_values(digest.sources[source]),
                }
                for quote, source in each.also
            ],
        }

    return {
        **_post_values(digest),
        "topic": {"id": digest.topic.id, "title": digest.topic.title, "about": digest.topic.about},
        "groups": [
            {"title": group.title, "quotes": [values(each) for each in group.quotes]} for group in digest.groups
        ],
        "sources": [
            {**_episode_values(episode), "citation": one_line(citation)}
            for episode, citation in zip(digest.sources, digest.citations, strict=True)
        ],
        "prompts": list(digest.prompts),
        "silent": [one_line(title) for title in digest.silent],
    }
