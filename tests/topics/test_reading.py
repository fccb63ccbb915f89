"""Reading topic packs: the one that comes along, her own, and what is said about mistakes in them."""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes.errors import TopicsError
from podnotes.models import Topic
from podnotes.topics import load_topics, pack_text, packs, topics_hash

GOOD = """
language = "de-AT"

[topics.ruecken]
title = "Rücken"
about = "Was dem Rücken hilft."
terms = ["Rücken", "Kreuz  schmerz", "Rücken"]
related = ["Wirbel"]
never = ["den Rücken stärken"]
prompts = ["Was hilft?"]

[topics.ruecken.glossary]
Wirbel = "Ein Knochen."

[topics.breath]
title = "Breath"
terms = ["breath"]
language = "en"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "my topics.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_to_start_from(tmp_path: Path) -> None:
    (topic,) = load_topics(written(tmp_path, pack_text()))
    assert topic.terms
    assert topic.prompts
    assert topic.glossary
    uncommented = re.sub(r"^# (?=\[|title|terms)", "", pack_text(), flags=re.MULTILINE)
    assert len(load_topics(written(tmp_path, uncommented))) == 2
    assert load_topics(written(tmp_path, pack_text("bodywork"))) == load_topics("bodywork")
    with pytest.raises(TopicsError, match="bodywork"):
        pack_text("bodyworks")


def test_the_pack_that_comes_along() -> None:
    assert packs() == ("bodywork",)
    topics = load_topics()
    assert [topic.id for topic in topics] == [
        "pain",
        "endorphins",
        "nervous-system",
        "touch",
        "stress",
        "mood",
        "sleep",
    ]
    for topic in topics:
        assert topic.title
        assert topic.about
        assert len(topic.terms) >= 10
        assert topic.prompts
        assert topic.glossary
        assert topic.language == "en"
        assert not {term.casefold() for term in topic.terms} & {term.casefold() for term in topic.related}


def test_her_own_pack(tmp_path: Path) -> None:
    back, breath = load_topics(written(tmp_path, GOOD))
    assert back == Topic(
        id="ruecken",
        title="Rücken",
        about="Was dem Rücken hilft.",
        terms=("Rücken", "Kreuz schmerz"),
        related=("Wirbel",),
        never=("den Rücken stärken",),
        prompts=("Was hilft?",),
        glossary={"Wirbel": "Ein Knochen."},
        language="de",
    )
    assert breath.language == "en"
    assert load_topics(str(tmp_path / "my topics.toml")) == (back, breath)


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_topics(path)[0].id == "ruecken"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('[topics.a]\ntitle = "A\nterms = ["x"]', 2, "expected TOML"),
        ('[topics.a]\ntitle = "A"\nterm = ["x"]', 3, "did you mean 'terms'?"),
        ('[topics.a]\ntitle = "A"\nterms = "x"', 3, 'terms is "x"; expected a list'),
        ('[topics.a]\ntitle = "A"\nterms = [\n  "x",\n  7,\n]', 5, "contains 7; expected words in quotes"),
        ('[topics.a]\ntitle = "A"\nterms = ["x", ""]', 3, 'contains ""'),
        ('[topics.a]\ntitle = "A"\nterms = ["--"]', 3, 'contains "--"'),
        ('[topics.a]\ntitle = "A"\nterms = []', 1, "a topic needs terms"),
        ('[topics.a]\nterms = ["x"]', 1, "a topic needs a title"),
        ('[topics.a]\ntitle = true\nterms = ["x"]', 2, "title is true; expected text in quotes"),
        ('[topics."My Topic"]\ntitle = "A"\nterms = ["x"]', 1, "'my-topic'"),
        ('[topics.a]\ntitle = "A"\nterms = ["x"]\n[topics.b]\ntitle = 3', 5, "title is 3"),
        ('[topics.a]\ntitle = "A"\nterms = ["x"]\nlanguage = "english"', 4, 'expected a code such as "en"'),
        ('[topics.a]\ntitle = "A"\nterms = ["x"]\nlexicon = "cooking"', 4, "there is no lexicon 'cooking'"),
        ('[topics.a]\ntitle = "A"\nterms = ["x"]\n[topics.a.glossary]\nx = 1', 5, "expected its explanation in quotes"),
        ('titel = "x"\n[topics.a]\ntitle = "A"\nterms = ["x"]', 1, "unknown key 'titel'"),
    ],
)
def test_a_mistake_is_answered_with_its_line(tmp_path: Path, text: str, line: int, expected: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(TopicsError) as caught:
        load_topics(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "language = 'en'", "[topics]", "topics = 3"])
def test_a_file_without_topics(tmp_path: Path, text: str) -> None:
    with pytest.raises(TopicsError, match="has no topics; expected at least one table such as"):
        load_topics(written(tmp_path, text))


def test_no_such_pack_or_file(tmp_path: Path) -> None:
    with pytest.raises(TopicsError, match=r"no topics file or pack 'bodywrok'.*pack: bodywork"):
        load_topics("bodywrok")
    with pytest.raises(TopicsError, match="no topics file or pack"):
        load_topics(tmp_path / "missing.toml")
    with pytest.raises(TopicsError, match="can't be read"):
        load_topics(tmp_path)


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "music.toml"
    path.write_bytes(b"\xff\xfb\x90\x00" * 40)
    with pytest.raises(TopicsError, match="not UTF-8 text"):
        load_topics(path)
    path.write_bytes(b"a" * 1_000_001)
    with pytest.raises(TopicsError, match="too large"):
        load_topics(path)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.toml"
        path.write_text(text, encoding="utf-8", errors="ignore")
        with suppress(TopicsError):
            assert load_topics(path)


def test_the_hash_follows_the_content(tmp_path: Path) -> None:
    topics = load_topics()
    # Pinned: the hash is stored, so that it must not change between versions for the same content.
    assert topics_hash([Topic("a", "A", terms=("x",))]) == topics_hash((Topic("a", "A", terms=("x",)),))
    assert len(topics_hash(topics)) == 16
    assert topics_hash(topics) == topics_hash(load_topics())
    assert topics_hash(topics) != topics_hash(reversed(topics))
    assert topics_hash(load_topics(written(tmp_path, GOOD))) != topics_hash(
        load_topics(written(tmp_path, GOOD.replace("Was hilft?", "Was hilft nicht?")))
    )
    assert topics_hash([]) == "4f53cda18c2baa0c"
