"""A post from many episodes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from podnotes.models import Findings, Passage, Segment, Transcript
from podnotes.notes.digest import Digest, Source, compose_digest
from podnotes.notes.options import NoteOptions
from podnotes.notes.rendering import render_digest
from tests.notes import material

TOPIC = material.TOPICS[0]
TALKS = {
    "One": (
        "Gate control means that touch blocks pain signals in the spinal cord before the brain hears of them.",
        "Back pain falls when people move, because movement lowers the alarm of the nervous system.",
    ),
    "Two": (
        "Gate control means that touch blocks pain signals in the spinal cord before the brain hears them.",
        "Back pain rises when people are afraid, because fear raises the alarm of the nervous system.",
    ),
    "Three": ("The weather was lovely at the conference in the mountains this year.",),
}


def source(name: str, month: int) -> Source:
    at, segments = 0.0, []
    for text in TALKS[name]:
        segments.append(Segment(at, at + 8.0, text, speaker=f"Dr. {name} Person"))
        # So far apart that they are passages of their own.
        at += 60.0
    passages = tuple(Passage("pain", s.start, s.end, 0.9, s.text) for s in segments if "pain" in s.text)
    episode = replace(
        material.episode(f"Episode {name}", f"Podcast {name}"),
        guid=name,
        persons=(),
        published=datetime(2026, month, 3, tzinfo=UTC),
    )
    return Source(episode, Findings(passages, (), at), Transcript(tuple(segments), at))


@pytest.fixture(scope="module")
def digest() -> Digest:
    sources = [source("Two", 5), source("One", 2), source("Three", 4)]
    return compose_digest(TOPIC, sources, options=material.OPTIONS)


def test_sources_are_the_quoted_episodes_oldest_first(digest: Digest) -> None:
    assert [episode.title for episode in digest.sources] == ["Episode One", "Episode Two"]
    assert digest.silent == ("Episode Three",)
    assert digest.citations[0].startswith(
        "Podcast One. (2026, February 3). Episode One (No. 12) [Audio podcast episode]."
    )


def test_the_same_said_twice_stands_once_and_names_both(digest: Digest) -> None:
    quotes = [each for group in digest.groups for each in group.quotes if "Gate control" in each.quote.passage.text]
    assert len(quotes) == 1
    assert len(quotes[0].also) == 1
    assert {quotes[0].source, quotes[0].also[0][1]} == {0, 1}


def test_quotes_are_grouped_by_what_they_are_about(digest: Digest) -> None:
    titles = [group.title for group in digest.groups]
    assert "Back pain" in titles
    assert digest.title.startswith("Pain: what two episodes say about back pain")


def test_each_quote_is_attributed_and_said(digest: Digest) -> None:
    text = render_digest(digest)
    for group in digest.groups:
        for each in group.quotes:
            assert each.quote.passage.text in TALKS[["One", "Two"][each.source]]
            assert each.quote.speaker is not None
            assert f"— {each.quote.speaker}, “{digest.sources[each.source].title}”" in text


def test_opening_and_prompts(digest: Digest) -> None:
    assert digest.opening == (
        "Two episodes of Podcast One and Podcast Two, from 3 February 2026 to 3 May 2026, talk about pain."
    )
    assert digest.prompts


def test_words_are_bounded() -> None:
    sources = [source("Two", 5), source("One", 2)]
    small = compose_digest(TOPIC, sources, options=NoteOptions(quotation_words=20))
    assert 0 < small.quoted_words <= 20


def test_nothing_to_say() -> None:
    empty = compose_digest(TOPIC, [source("Three", 4)], options=material.OPTIONS)
    assert empty.groups == ()
    assert compose_digest(TOPIC, [], options=material.OPTIONS).sources == ()


def test_both_outputs_under_attack() -> None:
    found = replace(material.hostile_findings(), passages=material.hostile_findings().passages[:1])
    hostile = Source(material.hostile_episode(), found, material.hostile_transcript())
    digest = compose_digest(TOPIC, [hostile, source("One", 2)], options=material.OPTIONS)
    assert any(episode.title == material.HOSTILE for episode in digest.sources)
    body = render_digest(digest).split("---\n", 2)[2]
    tokens = MarkdownIt("commonmark", {"html": True}).parse(body)
    inline = [child for token in tokens for child in [token, *(token.children or [])]]
    assert not [token for token in inline if token.type in {"html_block", "html_inline", "image", "code_inline"}]
    page = render_digest(digest, output="html")
    assert "<script" not in page
    assert "onerror=alert" not in page.replace("&lt;img src=x onerror=alert(2)&gt;", "")
