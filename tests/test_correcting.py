"""The commands correct, quote and proof, as a user types them."""

from __future__ import annotations

import io
import json
import sys
import wave
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest

from podnotes import (
    DraftOptions,
    Enclosure,
    Episode,
    Library,
    Podcast,
    Segment,
    Transcript,
    UsageError,
    Word,
    cli,
    draft_notes,
    load_topics,
    write_bookmarks,
)
from podnotes.diarization.networks import bundled_network
from podnotes.notes.compose import compose_note
from podnotes.notes.options import NoteOptions
from podnotes.notes.proofing import doubtful_words
from podnotes.notes.rendering import render
from podnotes.notes.verify import verify_draft
from podnotes.passages import find_passages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FEED = "https://example.org/feed.xml"
LINES = (
    "Pain is an alarm that the brain makes to protect the body from harm.",
    "No susception is what the nerves report, and chronic pain is not the same as no susception.",
    "Slow touch of the skin calms the nervous system within minutes, as many studies have shown.",
    "Chronic pain can stay for years when the injury has healed, and that is no fault of the patient.",
    "The brain learns pain as it learns a language, by practice, and it can learn something else.",
    "Endorphins are made by the body itself and they work on the same receptors as morphine does.",
    "After a massage the heart beats slower, the breath is calmer and the muscles let go.",
)


class Answer(NamedTuple):
    status: int
    out: str
    err: str


def transcript() -> Transcript:
    """A word half a second; the misheard ones have a low probability."""
    segments, at = [], 0.0
    for line in LINES:
        words = []
        for token in line.split():
            words.append(Word(at, at + 0.5, token, 0.2 if token.strip(".,").lower() == "susception" else 0.9))
            at += 0.5
        segments.append(Segment(words[0].start, at, line, tuple(words)))
    return Transcript(tuple(segments), at, "en", "recognised", "tiny")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


@pytest.fixture
def number(library: Library, tmp_path: Path) -> int:
    """An episode with its words and its sound, a little noise."""
    sound = tmp_path / "one.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 8000)
    audio = Enclosure("https://example.org/1.mp3", "audio/mpeg", 1000)
    found = library.remember_episode(Episode("1", "How pain is made", "The Nerve Hour", audio=audio, feed_url=FEED))
    library.save_transcript(found, transcript())
    library.save_audio(found, sound)
    return found


@pytest.fixture
def draft(library: Library, number: int, tmp_path: Path) -> Path:
    """A draft that quotes the misheard line, as podnotes wrote it."""
    text = f"# Mine\n\n> {LINES[1]}\n>\n> — The Nerve Hour, [0:06](https://example.org/1.mp3#t=6)\n\nmy own words\n"
    path = tmp_path / "draft.md"
    return library.write_draft(number, path=path, text=text, template="blog").path


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: Library
) -> Callable[..., Answer]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODNOTES_LIBRARY", str(library.path))
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing that plays

    def call(*arguments: object, answers: str | None = None) -> Answer:
        if answers is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(answers.encode())))
        status = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(status, captured.out, captured.err)

    return call


# ------------------------------------------------------------------------------------------------------- correct


def test_an_episode_and_a_show_are_corrected_listed_and_undone(
    run: Callable[..., Answer], library: Library, number: int
) -> None:
    answer = run("correct", "how pain", "no susception", "nociception")
    assert (answer.status, answer.out) == (0, "1: “no susception” is now “nociception”, at 2 places\n")
    answer = run("correct", "how pain", "alarm", "signal", "--show")
    assert "at 1 place in 1 episode so far" in answer.out
    assert run("correct", "how pain", "harm", "ill", "--show").out.startswith("3: ")
    assert run("correct", FEED, "slow", "gentle").out.startswith("4: ")
    assert len(run("correct", "--list").out.splitlines()) == 4
    assert len(run("correct", "how pain", "--list", "--json").out.splitlines()) == 4
    assert len(run("correct", FEED, "--list").out.splitlines()) == 3
    assert run("correct", "--undo", "1").status == 0
    text = library.transcript(number)
    assert text is not None
    assert text.text.startswith("Pain is an signal that the brain makes to protect the body from ill. No susception")
    assert "signal" in run("search", "signal").out


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("correct",), 2),
        (("correct", "how pain", "alarm"), 2),
        (("correct", "how pain", "", "x"), 1),
        (("correct", "how pain", "endorphin", "x"), 1),
        (("correct", "how pain", "al.*m", "x"), 1),
        (("correct", "how pain", "alarm", "x", "--at", "59:00"), 1),
        (("correct", "another", "alarm", "x"), 1),
        (("correct", "https://nobody.example", "alarm", "x"), 1),
        (("correct", "--undo", "7"), 1),
        (("correct", "--undo", "1", "--list"), 2),
        (("correct", "--suggest"), 2),
        (("quote", "how pain"), 2),
        (("quote", "how pain", "abc"), 2),
        (("quote", "how pain", "0:05", "--into", "x.md", "--draft"), 2),
        (("quote", "how pain", "0:05", "--into", "missing.md"), 1),
        (("quote", "how pain", "9:00"), 1),
        (("quote", "how pain", "--from", "missing.txt"), 1),
        (("proof", "missing.md"), 1),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    run: Callable[..., Answer], number: int, arguments: tuple[str, ...], status: int
) -> None:
    answer = run(*arguments)
    assert answer.status == status
    assert answer.out == ""
    assert answer.err.strip()
    assert "Traceback" not in answer.err


def test_suggestions_change_nothing(run: Callable[..., Answer], library: Library, number: int) -> None:
    answer = run("correct", "how pain", "--suggest", answers="y\n")
    assert "“No susception” (0:07, 0:14): was it “nociception”, a term of Pain?" in answer.out
    assert library.corrections() == ()
    (found,) = map(json.loads, run("correct", "how pain", "--suggest", "--json").out.splitlines())
    assert found["right"] == "nociception"


def test_drafts_are_made_with_corrections_and_marked_where_wanted(library: Library, number: int) -> None:
    library.correct("no susception", "nociception", episode_id=number)
    said, topics = library.transcript(number), load_topics("bodywork")
    assert said is not None
    findings = find_passages(said, topics)
    texts = []
    for mark in (False, True):
        options = NoteOptions(mark_corrections=mark, made=date(2026, 1, 1))
        texts.append(render(compose_note(library.episode(number), findings, said, topics, options=options)))
        heard = library.transcript(number, as_heard=True)
        assert heard is not None
        checked = verify_draft(texts[-1], heard, [library.corrections(number)])
        assert checked
        assert {one.verdict for one in checked} == {"verbatim"}
        assert not any(one.as_heard for one in checked)
    assert "susception" not in texts[0]
    assert "Nociception" in texts[0]
    assert "\\[Nociception\\]" in texts[1]


def test_verify_knows_the_words_as_heard_too(run: Callable[..., Answer], library: Library, draft: Path) -> None:
    number = library.episode_of_draft(draft)
    library.correct("no susception", "nociception", episode_id=number)
    library.correct("nerves", "neurons", episode_id=number)
    answer = run("verify", draft)
    assert answer.status == 0
    assert "as heard, and corrected since" in answer.out
    draft.write_text(draft.read_text().replace("report", "say"))
    assert run("verify", draft).status == 1
    draft.write_text(draft.read_text().replace("say", "report"))
    draft.write_text(draft.read_text().replace("No susception", "[Nociception]"))
    assert "as heard" in run("verify", draft).out
    draft.write_text(draft.read_text().replace("no susception", "nociception"))
    assert "as heard" in run("verify", draft).out
    draft.write_text(draft.read_text().replace("nerves", "neurons"))
    answer = run("verify", draft)
    assert answer.status == 0
    assert "as heard" not in answer.out


# --------------------------------------------------------------------------------------------------------- quote


def test_moments_are_quoted_with_their_links(run: Callable[..., Answer], number: int) -> None:
    answer = run("quote", "how pain", "0:20", "--from", "-", answers="0:05 my note\n59:00 too late\n")
    assert answer.status == 1
    assert "> " in answer.out
    assert "(https://example.org/1.mp3#t=" in answer.out
    assert "✎ *my note*" in answer.out
    assert "59:00 is after the end of the episode (0:58)" in answer.err
    (first, *_) = map(json.loads, run("quote", "how pain", "0:20", "--json").out.splitlines())
    assert first["quote"]["passage"]["text"]


def test_they_go_into_a_draft_once_and_nothing_else_changes(run: Callable[..., Answer], draft: Path) -> None:
    draft.chmod(0o640)
    old = draft.read_text()
    assert run("quote", "how pain", "0:22", "--into", draft).status == 0
    new = draft.read_text()
    assert new != old
    assert draft.stat().st_mode & 0o777 == 0o640
    assert [line for line in old.splitlines() if line not in new.splitlines()] == []
    assert run("verify", draft).status == 0
    assert "already" in run("quote", "how pain", "0:22", "--into", draft).err
    assert draft.read_text() == new
    assert sorted(path.name for path in draft.parent.iterdir() if "podnotes-part" in path.name) == []


def test_a_draft_is_made_of_moments_alone_and_kept_where_it_was_edited(
    run: Callable[..., Answer], draft: Path, tmp_path: Path
) -> None:
    before = draft.read_text()
    assert run("quote", "how pain", "0:05", "--draft", "--out", tmp_path).status == 0
    (made,) = tmp_path.glob("*bookmarks.md")
    assert "In my practice" in made.read_text()
    assert draft.read_text() == before
    first = made.read_text()
    assert "updated" in run("quote", "how pain", "0:52", "--draft", "--out", tmp_path).out
    assert [line for line in first.splitlines() if line not in made.read_text().splitlines()] == []
    made.write_text("mine\n")
    assert run("quote", "how pain", "0:52", "--draft", "--out", tmp_path).status == 0
    assert made.read_text().startswith("mine\n")
    assert "unchanged" in run("quote", "how pain", "0:52", "--draft", "--out", tmp_path).out
    made.unlink()
    assert "new" in run("quote", "how pain", "0:05", "--draft", "--out", tmp_path).out
    assert made.read_text() == first


def test_a_result_of_a_search_goes_into_a_draft(run: Callable[..., Answer], draft: Path, tmp_path: Path) -> None:
    answer = run("search", "how", "do", "endorphins", "work", "on", "receptors")
    (line,) = (line for line in answer.out.splitlines() if "Endorphins" in line)
    number = line.strip().partition(".")[0]
    assert number.isdecimal()
    old = draft.read_text()
    question = ("search", "how", "do", "endorphins", "work", "on", "receptors", "--quote", number)
    assert run(*question, "--into", draft).status == 0
    assert "same receptors as morphine" in draft.read_text()
    assert [each for each in old.splitlines() if each not in draft.read_text().splitlines()] == []
    assert run("verify", draft).status == 0
    assert "already" in run(*question, "--into", draft).err
    assert run(*question, "--out", tmp_path).status == 0
    assert run("search", "massage", "--quote", "1", "--out", tmp_path).status == 0
    (made,) = tmp_path.glob("*bookmarks.md")
    assert "same receptors as morphine" in made.read_text()
    assert "After a massage" in made.read_text()
    assert run("search", "massage", "--quote", "7", "--out", tmp_path).err == (
        "podnotes: There is no result 7; the number of results is 1.\n"
    )
    assert "After a massage" in run("search", "massage", "-heart").out + run("search", "massage", "-nerves").out
    assert "After a massage" not in run("search", "massage", "-heart").out
    assert run("search", "massage", "--into", draft).status == 2
    assert "Say which result" in run("search", "massage", "--into", draft).err


def test_a_draft_of_bookmarks_from_python(library: Library, number: int, tmp_path: Path) -> None:
    from podnotes import Bookmark, quotes_at

    topics = load_topics("bodywork")
    quoted = quotes_at(library, number, [Bookmark(20.0, note="why?")], topics)
    result = write_bookmarks(library, number, quoted, topics, out=tmp_path)
    assert "✎ *why?*" in result.path.read_text()


def test_a_quote_does_not_go_into_the_draft_of_another_episode(
    library: Library, number: int, draft: Path, tmp_path: Path
) -> None:
    from podnotes import Bookmark, insert_bookmarks, quotes_at

    topics = load_topics("bodywork")
    other = library.remember_episode(Episode("2", "How touch calms", "The Nerve Hour", feed_url=FEED))
    library.save_transcript(other, transcript())
    quoted = quotes_at(library, other, [Bookmark(20.0)], topics)
    (tmp_path / "own").mkdir()
    written = write_bookmarks(
        library, number, quotes_at(library, number, [Bookmark(10.0)], topics), topics, out=tmp_path / "own"
    )
    for path in (draft, written.path):
        with pytest.raises(UsageError, match="is about “How pain is made”"):
            insert_bookmarks(library, other, quoted, topics, path)


# --------------------------------------------------------------------------------------------------------- proof


def test_doubtful_words_are_put_right_in_the_library_and_in_the_draft(
    run: Callable[..., Answer], library: Library, draft: Path
) -> None:
    number = library.episode_of_draft(draft)
    assert number is not None
    listed = [json.loads(line) for line in run("proof", draft, "--json").out.splitlines()]
    assert [one["heard"] for one in listed] == ["susception", "susception"]
    answer = run("proof", draft, answers=".\n!\nsuspicion\n")
    assert (answer.status, answer.out) == (0, "1 of 2 settled.\n")
    assert ".wav" in answer.err
    assert "> No suspicion is what" in draft.read_text()
    assert "as no susception." in draft.read_text()
    assert "my own words" in draft.read_text()
    said = library.transcript(number)
    assert said is not None
    assert said.text.count("suspicion") == 1
    # The next time goes on with the rest; what is right is kept as right.
    answer = run("proof", draft, answers="-\n")
    assert answer.out == "0 of 1 settled.\n"
    assert run("proof", draft, answers="\n").out == "1 of 1 settled.\n"
    assert "No doubtful words" in run("proof", draft).out
    assert run("correct", "--list").out.count("\n") == 1
    assert run("verify", draft).status == 0


def test_words_that_the_user_has_changed_stay(run: Callable[..., Answer], library: Library, draft: Path) -> None:
    edited = draft.read_text().replace("No susception", "Reporting")
    draft.write_text(edited)
    found = doubtful_words(edited, transcript())
    assert found
    answer = run("proof", draft, "--no-sound", answers="suspicion\n-\n")
    assert "change it there yourself" in answer.err or draft.read_text() != edited
    assert "Reporting" in draft.read_text()


def test_a_draft_without_its_episode(run: Callable[..., Answer], number: int, tmp_path: Path) -> None:
    alone = tmp_path / "alone.md"
    alone.write_text("> A quote of nothing that is known here.\n")
    answer = run("proof", alone)
    assert answer.status == 1
    assert "doesn't know which episode" in answer.err
    alone.write_bytes(b"\xff\xfe\x00")
    assert "not a text file" in run("proof", alone).err


def test_a_run_again_has_the_corrections_and_keeps_the_words_as_heard(
    library: Library, number: int, tmp_path: Path
) -> None:
    library.save_transcript(number, replace(transcript(), source="publisher"))
    podcast = Podcast("The Nerve Hour", (library.episode(number),), url=FEED)

    def drafted(*, again: bool = False) -> str:
        (result,) = draft_notes(podcast, out=tmp_path / "out", library=library, options=DraftOptions(again=again))
        assert result.error is None
        return "".join(draft.path.read_text() for draft in result.drafts)

    assert "Slow touch" in drafted()
    library.correct("slow touch", "gentle touch", episode_id=number)
    assert drafted() == ""  # it is done already, and stays as it is until it is asked for
    renewed = drafted(again=True)
    assert "Gentle touch" in renewed
    assert "Slow touch" not in renewed
    heard = library.transcript(number, as_heard=True)
    assert heard is not None
    assert "Slow touch" in heard.text


def test_another_speaker_model_makes_drafts_out_of_date(library: Library, number: int, tmp_path: Path) -> None:
    library.save_transcript(number, replace(transcript(), source="publisher"))
    podcast = Podcast("The Nerve Hour", (library.episode(number),), url=FEED)

    def drafts(options: DraftOptions) -> int:
        (result,) = draft_notes(podcast, out=tmp_path / "out", library=library, options=options)
        assert result.error is None
        return len(result.drafts)

    assert drafts(DraftOptions()) > 0
    assert drafts(DraftOptions(again=True)) == 0
    own = tmp_path / "own.onnx"
    own.write_bytes(bundled_network("campplus").read_bytes())
    assert drafts(DraftOptions(again=True, speaker_model=str(own))) > 0
