"""Quotes of edited drafts, held against what was said."""

from __future__ import annotations

import pytest

from podnotes.models import Segment, Transcript
from podnotes.notes import Verdict, compose_note, render, templates, verify_draft
from tests.notes import material

NOTE = compose_note(
    material.episode(), material.findings(), material.transcript(), material.TOPICS, options=material.OPTIONS
)


@pytest.mark.parametrize(
    ("name", "output"),
    [(t.name, output) for t in templates() for output in t.suffixes if t.name not in {"brief", "json"}],
)
def test_every_quote_of_a_fresh_draft_is_verbatim(name: str, output: str) -> None:
    checked = verify_draft(render(NOTE, name, output=output), material.transcript())
    quotes = sum(len(section.quotes) for section in NOTE.sections)
    assert len(checked) == (len(NOTE.sections) if name == "newsletter" else quotes)
    assert {each.verdict for each in checked} == {Verdict.VERBATIM}
    # In Wix's draft the speaker and the time stand below the block quote.
    assert all(each.time is not None and (each.claimed is not None or name == "wix") for each in checked)


def one(draft: str) -> tuple[Verdict, str, str | None]:
    (checked,) = verify_draft(draft, material.transcript())
    return checked.verdict, checked.difference, checked.time


def test_case_punctuation_and_ellipses_do_not_count() -> None:
    draft = "> “… Pain is made by the brain … the volume of pain, with attention and with fear …”\n>\n> — N., 0:31\n"
    assert one(draft)[0] is Verdict.VERBATIM


def test_changed_words_are_shown() -> None:
    verdict, difference, time = one("> Pain is always made by the brain, and the brain changes pain with fear.\n")
    assert verdict is Verdict.CHANGED
    assert difference == (
        "Pain is {+always+} made by the brain, and the brain changes [-the volume of-] pain with "
        "[-attention and with-] fear."
    )
    assert time == "0:33"


def test_a_left_out_not_is_a_change() -> None:
    words = Transcript((Segment(0.0, 6.0, "Massage does not cure chronic back pain in older adults."),), 6.0)
    (checked,) = verify_draft("> Massage does cure chronic back pain in older adults.\n", words)
    assert checked.verdict is Verdict.CHANGED
    assert "[-not-]" in checked.difference


def test_what_nobody_said_is_not_found() -> None:
    draft = "> Massage dissolves toxins and realigns the energy of the seven chakras within minutes.\n"
    assert one(draft) == (Verdict.NOT_FOUND, "", None)


def test_the_right_words_at_the_wrong_time() -> None:
    draft = "> Pain is made by the brain, and the brain changes the volume of pain\n>\n> — [1:59](https://x.example/a#t=119)\n"
    verdict, _, time = one(draft)
    assert (verdict, time) == (Verdict.MOVED, "0:33")


def test_her_own_words_and_lists_are_no_quotes() -> None:
    draft = "---\ntitle: x\n---\n\nI see this every day.\n\n- > \n\n> [!question] In my practice\n> - What do I see?\n"
    assert verify_draft(draft, material.transcript()) == ()


def test_lines_are_counted_with_the_front_matter() -> None:
    draft = "---\ntitle: x\n---\n\n# Title\n\n> Pain is made by the brain\n"
    assert [each.line for each in verify_draft(draft, material.transcript())] == [7]


def test_an_ellipsis_does_not_turn_the_order_round() -> None:
    draft = "> the brain changes the volume of pain … Pain is made by the brain\n"
    assert one(draft)[0] is not Verdict.VERBATIM


def test_empty_transcripts_and_drafts() -> None:
    assert verify_draft("", material.transcript()) == ()
    (checked,) = verify_draft("> Some words that are nowhere\n", Transcript((), 0.0))
    assert checked.verdict is Verdict.NOT_FOUND
    (checked,) = verify_draft("> …\n", material.transcript())
    assert checked.verdict is Verdict.NOT_FOUND
