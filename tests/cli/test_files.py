"""Which files commands write and replace, and which settings and earlier choices they follow."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


from tests.cli.conftest import Answer, one_sentence

# ------------------------------------------------------------------------------------- what is there already


def test_no_command_replaces_a_file_unless_it_is_forced(
    run: Callable[..., Answer], drafted: Path, sample_podcast: Path, speech_model: Path, tmp_path: Path
) -> None:
    assert run("follow", sample_podcast / "feed.xml").status == 1  # a file can't be followed, and none is needed
    audio = next((sample_podcast / "audio").glob("what*.mp3"))
    assert run("picture", "pharmacy").status == 0
    commands: list[tuple[Path, list[object]]] = [
        (tmp_path / "essay.opml", ["feeds", "--opml", tmp_path / "essay.opml"]),
        (tmp_path / "essay.txt", ["transcribe", audio, "--model", speech_model, "-o", tmp_path / "essay.txt"]),
        (tmp_path / "essay.db", ["library", "backup", tmp_path / "essay.db"]),
        (tmp_path / "essay.jsonl", ["library", "export", tmp_path / "essay.jsonl"]),
        (drafted.with_name(f"{drafted.stem} topics.svg"), ["picture", "pharmacy"]),
        (drafted.with_name(f"{drafted.stem} review.html"), ["review", "pharmacy", "--file", "--no-open"]),
    ]
    for file, command in commands:
        file.write_text("An evening's work.")
        one_sentence(run(*command), str(file.name), "already exists", "--force")
        assert file.read_text() == "An evening's work."
        assert run(*command, "--force").status == 0
        assert b"An evening's work." not in file.read_bytes()
    assert run("review", "pharmacy", "--file", "--no-open").status == 0, "its own page is made anew"


def test_verify_knows_a_draft_by_what_is_in_it(run: Callable[..., Answer], drafted: Path, tmp_path: Path) -> None:
    text = drafted.read_text(encoding="utf-8")
    assert run("digest", "--topic", "pain").status == 0
    (digest,) = (tmp_path / "drafts").glob("Digest*.md")
    assert run("verify", digest).status == 0
    post = tmp_path / "posts" / "what-hurts.md"
    post.parent.mkdir()
    post.write_text(text.replace("The pharmacy in your body", "Another title"), encoding="utf-8")
    answer = run("verify", post)
    assert answer.status == 0, answer.err
    assert "✎" in answer.err
    # Without front matter and title only the id, wherever it was put.
    identity = re.search(r"episode_id: '?([0-9a-f]{12})", text)
    assert identity is not None
    post.write_text(f"{text.split('---', 2)[2]}\n<!-- {identity[1]} -->\n", encoding="utf-8")
    assert run("verify", post).status == 0
    post.write_text(text.split("---", 2)[2], encoding="utf-8")
    one_sentence(run("verify", post), "doesn't know which episode", "--transcript")
    quote = next(line for line in text.splitlines() if line.startswith("> ") and len(line) > 60)
    post.write_text(text.replace(quote, quote.replace(quote.split()[3], "never")), encoding="utf-8")
    assert "{+…+} is in the draft but was not said" in run("verify", post).out


# ------------------------------------------------------------------------------------- what was chosen before


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "settings.toml"
    monkeypatch.setenv("PODNOTES_SETTINGS", str(file))
    return file


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('modle = "small.en"\n', ("modle", "did you mean “model”?")),
        ('[draft]\ntemplat = "wix"\n', ("[draft]", "templat", "“template”")),
        ('[drafts]\ntemplate = "wix"\n', ("[drafts]", "“draft”")),
        ('out = "C:\\Users\\ann\\drafts"\n', ("Windows path", "'C:\\Users")),
        ("out = “drafts”\n", ("straight quotation marks",)),
    ],
)
def test_a_mistake_in_the_settings_is_answered_with_what_was_meant(
    run: Callable[..., Answer], settings: Path, text: str, parts: tuple[str, ...]
) -> None:
    settings.write_text(text, encoding="utf-8")
    one_sentence(run("feeds"), *parts)


def test_settings_reach_update_and_commands_below_a_command(
    run: Callable[..., Answer], settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PODNOTES_LIBRARY")
    settings.write_text(f"library = '{tmp_path / 'elsewhere.db'}'\n[draft]\ntemplate = 'nosuch'\n")
    assert run("feeds").status == 0  # makes the library
    assert "elsewhere.db: all well" in run("library", "check").out
    assert run("update").status == 0  # nothing is followed yet
    assert "nosuch" in run("draft", "feed.xml").err


def test_a_mistyped_command_is_answered_with_the_right_one(run: Callable[..., Answer]) -> None:
    answer = run("drfat", "https://example.org/feed.xml")
    assert answer.status == 2
    assert "did you mean podnotes draft?" in answer.err


def test_nothing_that_matches_is_not_nothing_new(run: Callable[..., Answer], sample_podcast: Path) -> None:
    assert "Episodes: none match." in run("draft", sample_podcast / "feed.xml", "--match", "aeroplanes").out


def test_other_commands_go_by_what_a_draft_was_made_with(
    run: Callable[..., Answer], sample_podcast: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "alarm.toml").write_text('[topics.alarm]\ntitle = "Alarm"\nterms = ["alarm", "tissue"]\n')
    made = run(
        *("draft", sample_podcast / "feed.xml", "--match", "pharmacy", "--topics", "own/alarm.toml", "--out", "mine")
    )
    assert made.status == 0, made.err
    (draft,) = (tmp_path / "mine").glob("*.md")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    answer = run("picture", "pharmacy")
    assert answer.status == 0, answer.err
    (picture,) = (tmp_path / "mine").glob("*.svg")
    assert "Alarm" in picture.read_text(encoding="utf-8")
    assert run("review", draft, "--file", "--no-open").out.strip().startswith(str(tmp_path / "mine"))
    assert run("digest", "--topic", "alarm").status == 0
    assert list((tmp_path / "mine").glob("Digest*Alarm.md"))
    one_sentence(run("digest", "--topic", "alarms"), "alarm")
    assert "Alarm" not in run("picture", draft, "--topics", "bodywork", "--out", ".").out
    assert run("transcript", draft, "-o", "talk.vtt").status == 0
    assert (tmp_path / "elsewhere" / "talk.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_drafts_go_to_one_folder_wherever_the_command_is_run(
    run: Callable[..., Answer], sample_podcast: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PODNOTES_OUT")
    answer = run("draft", sample_podcast / "feed.xml", "--match", "pharmacy")
    assert answer.status == 0, answer.err
    assert not (tmp_path / "drafts").exists()
    assert list((Path.home() / "Documents" / "podnotes").glob("*.md"))


def test_episodes_of_one_title_are_told_apart(
    run: Callable[..., Answer], sample_podcast: Path, site: tuple[str, Path]
) -> None:
    feed = (sample_podcast / "feed.xml").read_text(encoding="utf-8")
    for folder, title in (("one", "The Quiet Body"), ("two", "The Loud Body")):
        shutil.copytree(sample_podcast, site[1] / folder)
        text = feed.replace("The Quiet Body", title).replace("https://quietbody.example", f"{site[0]}/{folder}")
        (site[1] / folder / "feed.xml").write_text(text, encoding="utf-8")
        answer = run("draft", f"{site[0]}/{folder}/feed.xml", "--match", "pharmacy", "--out", folder)
        assert answer.status == 0, answer
    one_sentence(run("picture", "pharmacy"), "2 episodes", "The Loud Body", "--feed", "--date")
    assert run("picture", "pharmacy", "--feed", "Loud").status == 0
    one_sentence(run("picture", "pharmacy", "--feed", "Loud", "--date", "2020-01-01"), "No transcribed episode")


def test_a_transcript_alone_is_drafted(run: Callable[..., Answer], sample_podcast: Path, tmp_path: Path) -> None:
    shutil.copy(next((sample_podcast / "transcripts").glob("*.vtt")), tmp_path / "my_talk.vtt")
    answer = run("draft", "my_talk.vtt")
    assert answer.status == 0, answer.err
    (draft,) = (tmp_path / "drafts").glob("*.md")
    assert "my talk" in draft.read_text(encoding="utf-8")
    assert run("verify", draft).status == 0


def test_a_library_moves_to_a_new_computer(run: Callable[..., Answer], drafted: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup.db", tmp_path / "new.db"
    assert run("library", "backup", backup).status == 0
    assert "Restored" in run("library", "restore", backup, "--library", new).out
    assert run("search", "endorphins", "--library", new).out == run("search", "endorphins").out != ""
    assert run("verify", drafted, "--library", new).status == 0
    one_sentence(run("library", "restore", backup), "--force")
    assert run("library", "restore", backup, "--force").status == 0
    (tmp_path / "essay.txt").write_text("An evening's work.")
    one_sentence(run("library", "restore", tmp_path / "essay.txt", "--force"), "essay.txt", "nothing was changed")
    assert run("search", "endorphins").out
    one_sentence(run("library", "check", "--library", tmp_path / "none.db"), "no library at")
    assert not (tmp_path / "none.db").exists()
    one_sentence(run("search", "endorphins", "--topic", "endorphin"), "endorphins")
