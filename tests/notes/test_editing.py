"""Drafts that the user edited are changed where the user asks, and nowhere else."""

from __future__ import annotations

import difflib

import pytest

from podnotes import compose_note, load_topics, render
from podnotes.models import Passage, Quote
from podnotes.notes.editing import insert_quotes, replace_words
from podnotes.notes.rendering import templates
from podnotes.notes.verify import quotes_of, verify_draft
from tests.notes import material

TOPICS = load_topics("bodywork")


def quote(topic: str = "pain", text: str = "Pain is *an* alarm <b>.", start: float = 61.0) -> Quote:
    return Quote(Passage(topic, start, start + 9, 0.9, text), "1:01", f"https://example.org/1.mp3#t={start:.0f}")


def added(old: str, new: str) -> list[str]:
    """The lines that were put in; fails where others were changed or taken out."""
    lines = list(difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True)))
    assert not [line for line in lines if line.startswith("- ")]
    return [line[2:] for line in lines if line.startswith("+ ")]


DRAFTS = [
    (template.name, output)
    for template in templates()
    for output in template.suffixes
    if output in {"markdown", "html"} and template.name != "brief"  # which has no block quotes
]


@pytest.mark.parametrize(("template", "output"), DRAFTS)
def test_a_quote_goes_into_any_draft(template: str, output: str) -> None:
    note = compose_note(material.episode(), material.findings(), material.transcript(), TOPICS)
    draft = render(note, template, output=output)
    new = insert_quotes(draft, material.episode(), [(quote(), ["my <i>own</i> words"])], TOPICS)
    lines = "".join(added(draft, new))
    assert "t=61" in lines
    assert "✎" in lines
    assert len(quotes_of(new)) == len(quotes_of(draft)) + 1
    texts = [found.text for found in quotes_of(new)]
    assert any("Pain is *an* alarm <b>." in text or "Pain is *an* alarm" in text for text in texts)
    assert "<b>" not in lines
    assert "<i>" not in lines


def test_it_goes_under_its_topic_after_the_last_quote() -> None:
    draft = "# T\n\n## Pain\n\n> one\n\n> two\n\nmine\n\n## Touch\n\n> three\n\n## Source\n\nend\n"
    new = insert_quotes(draft, material.episode(), [(quote(), ()), (quote("touch"), ()), (quote(""), ())], TOPICS)
    order = [line for line in new.splitlines() if line.startswith(("#", "> o", "> t", "> P", "mine", "end"))]
    assert order == [
        "# T", "## Pain", "> one", "> two", "> Pain is \\*an\\* alarm &lt;b>.", "mine", "## Touch", "> three",
        "> Pain is \\*an\\* alarm &lt;b>.", "## More from the episode", "> Pain is \\*an\\* alarm &lt;b>.", "## Source",
        "end",
    ]  # fmt: skip
    assert added(draft, new)


@pytest.mark.parametrize("draft", ["", "text without end", "\n\n", "---\ntitle: x\n---\n", "> quote", "# only\n"])
def test_any_text_takes_a_quote(draft: str) -> None:
    new = insert_quotes(draft, material.episode(), [(quote(), ())], TOPICS)
    assert new.startswith(draft.rstrip("\n"))
    assert quotes_of(new)[-1].text.startswith("Pain is")


def test_line_ends_stay_what_they_are() -> None:
    draft = "\ufeff---\r\ntitle: x\r\n---\r\n\r\n## Pain\r\n\r\n> one\r\n\r\nmine\r\n"
    new = insert_quotes(draft, material.episode(), [(quote(), ())], TOPICS)
    assert new.count("\n") == new.count("\r\n")
    assert added(draft, new)


def test_words_of_a_quote_are_replaced_where_they_are() -> None:
    draft = "no susception\n\n> So no\n> *susception*, and no susception.\n>\n> — Anna, 0:10\n\nno susception\n"
    (block,) = quotes_of(draft)
    first = replace_words(draft, block, "no susception", "noci<ception>")
    assert first == draft.replace("no\n> *susception*", "noci&lt;ception>*", 1)
    second = replace_words(draft, block, "No susception", "nociception", number=1)
    assert second == draft.replace("and no susception", "and nociception")
    assert replace_words(draft, block, "no susception", "x", number=2) is None
    assert replace_words(draft, block, "perception", "x") is None


def test_what_is_put_in_is_word_for_word() -> None:
    said = material.transcript()
    segment = said.segments[0]
    own = Quote(Passage("pain", segment.start, segment.end, 1.0, segment.text), "0:00", None)
    new = insert_quotes("## Pain\n", material.episode(), [(own, ())], TOPICS)
    assert [checked.verdict for checked in verify_draft(new, said)] == ["verbatim"]
