"""What the documentation shows is true: its code runs, its commands exist, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from podnotes import load_topics
from podnotes.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_python_of_the_readme_runs() -> None:
    (code,) = blocks(ROOT / "README.md", "python")
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert answer.returncode == 0, answer.stderr
    assert "## Source" in answer.stdout


def test_the_executor_of_the_design_page_runs(tmp_path: Path) -> None:
    (code,) = blocks(ROOT / "docs" / "design.md", "python")
    script = tmp_path / "many.py"  # worker processes import the script, so it must be a file
    script.write_text(code, encoding="utf-8")
    answer = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, cwd=ROOT)
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout.split()[0]) > 3


@pytest.mark.speech
def test_the_tutorial_script_makes_a_draft(tmp_path: Path) -> None:
    script = ROOT / "examples" / "draft_notes.py"
    answer = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "draft.md").read_text(encoding="utf-8").startswith("---\n")
    assert (tmp_path / "transcript.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_the_tutorial_script_says_in_a_sentence_what_is_wrong(tmp_path: Path) -> None:
    script = ROOT / "examples" / "draft_notes.py"
    answer = subprocess.run([sys.executable, script, "none.xml"], capture_output=True, text=True, cwd=tmp_path)
    assert answer.returncode == 1
    assert "none.xml" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_topics_of_the_readme_are_sound(tmp_path: Path) -> None:
    (pack,) = blocks(ROOT / "README.md", "toml")
    path = tmp_path / "breathing.toml"
    path.write_text(pack, encoding="utf-8")
    (topic,) = load_topics(path)
    assert topic.id == "breathing"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"`podnotes ([a-z]+)\b", text)
    for block in blocks(page, "console"):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["podnotes"]:
                shown.append(words[1])
    assert set(shown) <= set(COMMANDS) | {"passages"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
        assert (page.parent / target).exists(), target


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert re.search(rf"`(podnotes )?{name}\b", text), name


def test_the_draft_in_the_readme_is_what_podnotes_writes(sample_podcast: Path) -> None:
    import podnotes

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("<!-- draft -->")[1].split("<!-- /draft -->")[0]
    podcast = podnotes.read_feed(sample_podcast / "feed.xml")
    episode = next(episode for episode in podcast.episodes if episode.transcripts)
    transcript = podnotes.fetch_transcript(episode)
    assert transcript is not None
    note = podnotes.compose_note(episode, podnotes.find_passages(transcript, load_topics("bodywork")), transcript)
    written = podnotes.render(note)
    lines = [line.lstrip("#> ").strip() for line in shown.splitlines()]
    lines = [line for line in lines if line not in {"", ">", "…"}]
    assert len(lines) > 8
    for line in lines:
        assert line in written, line
