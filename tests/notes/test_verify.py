"""Quotes of edited drafts, compared with the transcript."""

from __future__ import annotations

import pytest

from podnotes.models import Segment, Transcript
from podnotes.notes.compose import compose_note
from podnotes.notes.editing import insert_quotes
from podnotes.notes.rendering import render, templates
from podnotes.notes.verify import Verdict, places_left, verify_draft
from tests.notes import material

NOTE = compose_note(
    material.episode(), material.findings(), material.transcript(), material.TOPICS, options=material.OPTIONS
)


@pytest.mark.parametrize(
    ("name", "output"),
    [(t.name, output) for t in templates() for output in t.suffixes],
)
def test_every_quote_of_a_fresh_draft_is_verbatim(name: str, output: str) -> None:
    text = render(NOTE, name, output=output)
    assert text.count(material.episode().id) == 1, "what it is about stands in it"
    checked = verify_draft(text, material.transcript(), titles=[material.episode().title])
    quotes = sum(len(section.quotes) for section in NOTE.sections)
    assert len(checked) == (len(NOTE.sections) if name in {"newsletter", "brief"} else quotes)
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


QUOTE = "Pain is made by the brain, and the brain changes the volume of pain with attention and with fear."


@pytest.mark.parametrize(
    "draft",
    [
        f"As she told me, “{QUOTE}” (0:33), and I see it daily.\n",
        f'As she told me, "{QUOTE}" I see it daily.\n',
        f"Sie sagt „{QUOTE}“ und ich sehe es täglich.\n",
        f"» {QUOTE}\n\n— Noor Haddad, [0:33](https://x.example/a#t=33)\n",
        f"{QUOTE}\n— Noor Haddad, 0:33\n",
        f"<p>As she told me, “{QUOTE}”</p>\n<blockquote></blockquote>",
    ],
)
def test_quotes_are_seen_whatever_was_made_of_them(draft: str) -> None:
    assert one(draft)[0] is Verdict.VERBATIM
    assert one(draft.replace("with fear", "with great fear"))[0] is Verdict.CHANGED


def test_an_invented_quote_within_a_line_is_not_found() -> None:
    assert one("He says “toxins settle in seven chakras” (0:33).\n")[0] is Verdict.NOT_FOUND
    invented = "massage dissolves toxins and realigns the energy of the seven chakras"
    assert one(f"He says “{invented}”.\n")[0] is Verdict.NOT_FOUND
    assert verify_draft("What I call “my kind of quiet work” helps.\n", material.transcript()) == ()


def test_places_for_own_words_are_counted() -> None:
    assert places_left("# T\n\n✎ *Your opening*\n\nMine.\n\n- [ ] All ✎ are filled in.\n\n✎ *More*\n") == (3, 9)


@pytest.mark.parametrize(
    "check",
    ["All ✎ placeholders are filled in.", "No ✎ is left: each marks a place for your own words."],
    ids=["now", "formerly"],
)
@pytest.mark.parametrize(
    "line", ["- [ ] {}", "- [x] {}", "{}", '<ul class="todo"><li>{}</li>', '<ul class="wp-block-list"><li>{}</li></ul>']
)
def test_the_check_for_placeholders_is_none_itself(check: str, line: str) -> None:
    assert places_left(f"✎ one\n\nMine.\n\n{line.format(check)}\n") == (1,)


def test_a_finished_page_has_no_placeholders_left() -> None:
    page = render(NOTE, "blog", output="html")
    assert places_left(page)
    assert places_left("\n".join(line for line in page.splitlines() if line.startswith('<ul class="todo">'))) == ()


FORMER = f"""---
title: Pain
episode_id: {material.episode().id}
---

# Pain

My own opening.

## Pain

> {QUOTE}
>
> — Noor Haddad, 0:33

**In my practice**

I see this every day.

## To take home

*These notes are for education. They are no medical advice and take the place of no examination, diagnosis or \
treatment; please ask a doctor about your own case.*

---

## Before you publish (delete from here)

- [ ] No ✎ is left: each marks a place for your own words.

Check what is claimed, or leave it out:

- [ ] words that may be misheard, 0:33: “{QUOTE}”

40 words of the episode stand in this draft, 8.1 % of what is said.
"""


def test_an_edited_draft_in_the_former_wording_is_still_understood() -> None:
    assert [checked.verdict for checked in verify_draft(FORMER, material.transcript())] == [Verdict.VERBATIM]
    assert places_left(FORMER) == ()
    quote = next(quote for section in NOTE.sections for quote in section.quotes)
    added = insert_quotes(FORMER, material.episode(), [(quote, ())], material.TOPICS)
    assert added.index(f"— {quote.speaker}, [{quote.time}]") < added.index("## To take home")
    assert added.startswith(FORMER.partition(QUOTE)[0])
    assert added.endswith(FORMER.partition("## To take home")[2])


def test_a_draft_on_several_episodes_is_held_against_all() -> None:
    other = Transcript((Segment(0.0, 6.0, "Massage does not cure chronic back pain in older adults."),), 6.0)
    draft = f"> {QUOTE}\n>\n> — N., 0:33\n\n> Massage does not cure chronic back pain.\n"
    assert {each.verdict for each in verify_draft(draft, [other, material.transcript()])} == {Verdict.VERBATIM}
