"""The picture for the post."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from podnotes.models import Findings
from podnotes.notes.timeline import ticks, topic_picture
from tests.notes import material

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> ET.Element:
    return ET.fromstring(topic_picture(material.episode(), material.findings(), material.TOPICS))


def test_it_has_a_title_and_words_for_those_who_do_not_see_it() -> None:
    picture = drawn()
    assert picture.get("role") == "img"
    assert picture.findtext(f"{SVG}title") == "Topics of “Why it hurts, and what helps”"
    described = picture.findtext(f"{SVG}desc") or ""
    assert described.startswith("Timeline of an episode of 2:")
    assert "touch (one passage, at 2:" in described
    assert "sleep" not in described


def test_every_passage_stands_where_it_is_said() -> None:
    width = 720
    picture = drawn()
    seconds = material.findings().duration
    marks = [
        rect
        for rect in picture.iter(f"{SVG}rect")
        if rect.get("opacity") not in {None, "0.1"} and rect.get("fill") != "#ffffff"
    ]
    assert len(marks) == len(material.findings().passages)
    left, inner = 150, width - 150 - 24
    expected = sorted(round(left + inner * passage.start / seconds, 1) for passage in material.findings().passages)
    assert sorted(float(mark.get("x", "0")) for mark in marks) == expected


def test_hostile_titles_are_text() -> None:
    text = topic_picture(material.hostile_episode(), material.hostile_findings(), material.TOPICS)
    assert "<script" not in text
    assert material.HOSTILE in (ET.fromstring(text).findtext(f"{SVG}title") or "")


def test_nothing_found() -> None:
    picture = ET.fromstring(topic_picture(material.episode(), Findings(duration=100.0), material.TOPICS))
    assert "no passages on the topics" in (picture.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize("seconds", [1.0, 59.0, 160.0, 3600.0, 7261.0, 90_000.0])
def test_few_marks_at_round_times(seconds: float) -> None:
    marks = ticks(seconds)
    assert 1 <= len(marks) <= 9
    assert marks[0] == 0
    assert all(mark < seconds for mark in marks)
