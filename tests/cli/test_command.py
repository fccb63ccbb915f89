"""The command as it is used: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import click
import pytest

from podnotes import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


from tests.cli.conftest import Answer, one_sentence

# ---------------------------------------------------------------------------------------------------- wrong input


def test_no_such_host(run: Callable[..., Answer]) -> None:
    one_sentence(run("draft", "https://nosuch.invalid/feed.xml"), "no host called nosuch.invalid")


def test_not_found(run: Callable[..., Answer], site: tuple[str, Path]) -> None:
    one_sentence(run("draft", f"{site[0]}/none.xml"), "404")


def test_a_web_page_instead_of_a_feed(run: Callable[..., Answer], site: tuple[str, Path]) -> None:
    (site[1] / "page.html").write_text("<!doctype html><html><body><p>Our show</p></body></html>")
    one_sentence(run("feed", f"{site[0]}/page.html"), "is a web page, not a feed")


def test_a_web_page_that_links_a_feed_is_followed(
    run: Callable[..., Answer], site: tuple[str, Path], sample_podcast: Path
) -> None:
    (site[1] / "feed.xml").write_bytes((sample_podcast / "feed.xml").read_bytes())
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    (site[1] / "page.html").write_text(f"<!doctype html><html><head>{link}</head><body></body></html>")
    answer = run("feed", f"{site[0]}/page.html")
    assert answer.status == 0
    assert "What touch tells the brain" in answer.out


def test_a_feed_without_audio(run: Callable[..., Answer], tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text("<rss version='2.0'><channel><title>Words</title><item><title>One</title></item></channel></rss>")
    one_sentence(run("draft", feed), "no episode with audio")


def test_audio_that_is_none(run: Callable[..., Answer], tmp_path: Path, speech_model: Path) -> None:
    text = tmp_path / "talk.mp3"
    text.write_text("This is no sound.")
    one_sentence(run("draft", text, "--model", speech_model), "talk.mp3 is plain text, not audio")


def test_audio_that_is_cut_off(
    run: Callable[..., Answer], tmp_path: Path, sample_podcast: Path, speech_model: Path
) -> None:
    whole = next((sample_podcast / "audio").glob("what*.mp3")).read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole[: len(whole) // 3])
    one_sentence(run("draft", cut, "--model", speech_model), "cut.mp3 is cut off")


def test_a_transcript_without_words(run: Callable[..., Answer], tmp_path: Path) -> None:
    empty = tmp_path / "empty.vtt"
    empty.write_text("WEBVTT\n\n")
    one_sentence(run("passages", empty), "empty.vtt contains no words")


def test_a_topics_file_with_a_mistake_names_the_line(
    run: Callable[..., Answer], tmp_path: Path, sample_podcast: Path
) -> None:
    topics = tmp_path / "topics.toml"
    topics.write_text('[topics.pain]\ntitle = "Pain"\nterms = "pain"\n')
    one_sentence(run("draft", sample_podcast / "feed.xml", "--topics", topics), "topics.toml, line 3", "list")


def test_an_output_folder_that_cannot_be_written(
    run: Callable[..., Answer], tmp_path: Path, sample_podcast: Path
) -> None:
    (tmp_path / "file").write_text("in the way")  # also root can't make a folder below a file
    one_sentence(run("draft", sample_podcast / "feed.xml", "--out", tmp_path / "file" / "drafts"), "--out")


def test_a_model_that_is_not_here_while_offline(run: Callable[..., Answer], sample_podcast: Path) -> None:
    answer = run("draft", sample_podcast / "feed.xml", "--offline", "--no-publisher")
    one_sentence(answer, "small.en", "podnotes models download small.en")


def test_a_model_that_nobody_knows(run: Callable[..., Answer], sample_podcast: Path) -> None:
    one_sentence(
        run("draft", sample_podcast / "feed.xml", "--model", "huge.xx", "--no-publisher"), "huge.xx", "tiny.en"
    )


def test_a_template_that_nobody_knows(run: Callable[..., Answer], sample_podcast: Path) -> None:
    one_sentence(run("draft", sample_podcast / "feed.xml", "--template", "blgo"), "blgo", "blog")


@pytest.mark.parametrize("arguments", [[], ["drfat"], ["draft"], ["draft", "x", "--since", "yesterday"]])
def test_wrong_usage_has_status_2(run: Callable[..., Answer], arguments: list[str]) -> None:
    answer = run("feeds", "--json", "--opml", "feeds.opml")
    assert answer.status == (2 if arguments else answer.status)
    assert "Usage: podnotes" in answer.err + answer.out


def test_a_source_without_a_command_is_met_with_the_command(run: Callable[..., Answer]) -> None:
    answer = run("https://example.org/feed.xml")
    assert answer.status == 2
    assert "podnotes draft https://example.org/feed.xml" in answer.err


def test_settings_that_cannot_be_read_say_so(
    run: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("model = \n")
    monkeypatch.setenv("PODNOTES_SETTINGS", str(settings))
    one_sentence(run("feeds"), "settings.toml", "line 1")


# ------------------------------------------------------------------------------------------------ what it prints


def test_each_command_has_help(run: Callable[..., Answer]) -> None:
    overview = run("--help").out
    for name, (_, line) in cli.COMMANDS.items():
        assert name in overview
        answer = run(name, "--help")
        assert answer.status == 0
        assert answer.out.startswith(f"Usage: podnotes {name}")
        assert line.rstrip(".").split()[0] in overview


def test_passages_prints_the_json_that_the_documentation_promises(
    run: Callable[..., Answer], sample_podcast: Path
) -> None:
    transcript = next((sample_podcast / "transcripts").glob("*.vtt"))
    answer = run("passages", transcript, "--json")
    assert answer.status == 0
    (line,) = answer.out.splitlines()
    found = json.loads(line)
    assert found["transcript"] == str(transcript)
    assert found["duration"] == pytest.approx(182, abs=3)
    assert {"topic", "start", "end", "score", "text", "terms", "speaker"} <= set(found["passages"][0])
    assert {one["kind"] for one in found["skipped"]} <= {"ad", "housekeeping"}
    assert all({"kind", "start", "end"} <= set(one) for one in found["skipped"])


def test_several_transcripts_give_a_line_each_and_a_bad_one_stops_none(
    run: Callable[..., Answer], sample_podcast: Path, tmp_path: Path
) -> None:
    transcript = next((sample_podcast / "transcripts").glob("*.vtt"))
    answer = run("passages", transcript, tmp_path / "none.vtt", transcript, "--json")
    assert answer.status == 1
    assert len(answer.out.splitlines()) == 2
    assert "none.vtt" in answer.err


def test_limit_bounds_each_topic(run: Callable[..., Answer], sample_podcast: Path) -> None:
    transcript = next((sample_podcast / "transcripts").glob("*.vtt"))
    topics = [one["topic"] for one in json.loads(run("passages", transcript, "--json", "--limit", 1).out)["passages"]]
    assert topics
    assert len(topics) == len(set(topics))


def test_feed_as_json(run: Callable[..., Answer], sample_podcast: Path) -> None:
    podcast = json.loads(run("feed", sample_podcast / "feed.xml", "--json", "--episodes", 2).out)
    assert podcast["title"] == "The Quiet Body"
    assert len(podcast["episodes"]) == 2
    assert podcast["episodes"][0]["published"].startswith("2026-05-17")


def test_topics_lists_packs_and_checks_one(run: Callable[..., Answer]) -> None:
    assert "bodywork" in run("topics").out
    answer = run("topics", "bodywork", "--json")
    identifiers = [topic["id"] for topic in json.loads(answer.out)["topics"]]
    assert identifiers == ["pain", "endorphins", "nervous-system", "touch", "stress", "mood", "sleep"]


def test_topics_new_starts_a_file(run: Callable[..., Answer], tmp_path: Path) -> None:
    assert run("topics", "new", "mine.toml").status == 0
    assert "1 topic, no mistakes." in run("topics", "mine.toml").err
    mine = tmp_path / "mine.toml"
    mine.write_text(mine.read_text(encoding="utf-8").replace("Breathing", "Breath"), encoding="utf-8")
    assert "already exists" in run("topics", "new", "mine.toml").err
    assert run("topics", "new", "mine.toml", "bodywork", "--force").status == 0
    assert "7 topics, no mistakes." in run("topics", "mine.toml").err
    assert "mine.toml" in run("topics", "new", "mine.txt").err
    assert run("topics", "new").status == 2


@pytest.mark.parametrize("group", ["library", "cache", "models", "templates"])
def test_overviews_have_whole_lines(run: Callable[..., Answer], group: str) -> None:
    assert not re.search(r"[a-z]\.\.\.$", run(group, "--help").out, re.MULTILINE)


def test_models_lists_names(run: Callable[..., Answer]) -> None:
    assert "small.en" in run("models").out
    assert any(model["name"] == "large-v3" for model in json.loads(run("models", "--json").out))


def test_settings_are_overridden_by_the_environment_and_by_options(
    run: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_podcast: Path
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[passages]\ntopics = "from-settings.toml"\n')
    monkeypatch.setenv("PODNOTES_SETTINGS", str(settings))
    transcript = next((sample_podcast / "transcripts").glob("*.vtt"))
    assert "from-settings.toml" in run("passages", transcript).err
    monkeypatch.setenv("PODNOTES_TOPICS", "from-environment.toml")
    assert "from-environment.toml" in run("passages", transcript).err
    assert run("passages", transcript, "--topics", "bodywork").status == 0


def test_a_transcript_is_written_as_its_name_says(
    run: Callable[..., Answer], sample_podcast: Path, speech_model: Path, tmp_path: Path
) -> None:
    audio = next((sample_podcast / "audio").glob("what*.mp3"))
    answer = run("transcribe", audio, "--model", speech_model, "-o", tmp_path / "talk.srt")
    assert answer.status == 0
    assert answer.out == ""
    assert "Massage is one of the oldest treatments in the world." in (tmp_path / "talk.srt").read_text()
    assert run("transcribe", audio, "--model", speech_model, "-o", tmp_path / "talk.xyz").status == 1


def test_ctrl_c_says_that_what_was_finished_is_kept(
    run: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "invoke", interrupt)
    answer = run("feeds")
    assert answer.status == 130
    assert "run the same command to continue" in answer.err


def test_explain_says_why(run: Callable[..., Answer], sample_podcast: Path) -> None:
    transcript = next((sample_podcast / "transcripts").glob("*.vtt"))
    out = run("passages", transcript, "--explain").out
    assert "is the topic: pain" in out
    assert "sounds like advertising" in out


# ---------------------------------------------------------------------------------------------- from the library


def test_verify_finds_the_word_that_was_changed(run: Callable[..., Answer], drafted: Path) -> None:
    assert run("verify", drafted).status == 0
    text = drafted.read_text(encoding="utf-8")
    quote = next(line for line in text.splitlines() if line.startswith("> ") and not line.startswith("> —"))
    word = quote.split()[-1]
    drafted.write_text(text.replace(quote, quote.replace(word, "otherwise.")), encoding="utf-8")
    answer = run("verify", drafted)
    assert answer.status == 1
    assert "otherwise" in answer.out
    moved = drafted.with_name("elsewhere.md")
    drafted.rename(moved)
    assert run("verify", moved).status == 1, "the front matter names the episode"


def test_clip_writes_the_passage(run: Callable[..., Answer], drafted: Path, tmp_path: Path) -> None:
    answer = run("clip", "pharmacy", "1:00", "1:10")
    assert answer.status == 0, answer.err
    (clip,) = drafted.parent.glob("*.mp3")
    assert 20_000 < clip.stat().st_size < 400_000
    one_sentence(run("clip", "pharmacy", "1:10", "1:00"), "before it begins")
    one_sentence(run("clip", "nothing like it", "1:00", "1:10"), "nothing like it")
    assert "1:99" in run("clip", "pharmacy", "1:00", "1:99").err


def test_review_and_picture_write_their_files(run: Callable[..., Answer], drafted: Path) -> None:
    assert run("review", "pharmacy", "--file", "--no-open").status == 0
    assert run("picture", "pharmacy").status == 0
    assert len(list(drafted.parent.glob("*review.html"))) == 1
    (picture,) = drafted.parent.glob("*.svg")
    assert "<title" in picture.read_text(encoding="utf-8")


def test_files_go_beside_the_draft_that_is_named(
    run: Callable[..., Answer], drafted: Path, sample_podcast: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert run("draft", sample_podcast / "feed.xml", "--match", "pharmacy", "--out", elsewhere).status == 0
    assert run("picture", drafted).status == 0
    assert len(list(drafted.parent.glob("*.svg"))) == 1
    assert not list(elsewhere.glob("*.svg"))
    one_sentence(run("picture", "none.md"), "There is no file", "none.md")


def test_search_and_digest_over_the_library(run: Callable[..., Answer], drafted: Path) -> None:
    assert "[1:" in run("search", "endorphins").out
    assert "1 more" not in run("search", "endorphins", "--sentences", "99").out
    assert re.search(r"… and \d more \(--sentences", run("search", "endorphins", "--sentences", "1").out)
    assert json.loads(run("search", "endorphins", "--json").out)["episode"]["title"] == "The pharmacy in your body"
    assert run("search", '"unclosed').status in (0, 1)
    answer = run("digest", "--topic", "pain")
    assert "Digest-Pain.md" in answer.out
    every = run("digest")
    assert "Digest-Pain.md (unchanged)" in every.out
    assert "Digest-Endorphins.md" in every.out
    one_sentence(run("digest", "--topic", "pian"), "pian", "pain")


def test_care_of_the_library(run: Callable[..., Answer], drafted: Path, tmp_path: Path) -> None:
    assert "all well" in run("library", "check").out
    assert run("library", "backup", tmp_path / "backup.sqlite3").status == 0
    assert run("library", "export", tmp_path / "all.jsonl").status == 0
    assert run("library", "forget", "pharmacy").status == 0
    assert run("search", "endorphins").out == ""
    assert run("library", "restore", tmp_path / "backup.sqlite3", "--force").status == 0
    assert "[1:" in run("search", "endorphins").out
    assert drafted.is_file()
    assert "0 audio files" in run("cache").out
    assert run("cache", "clean").status == 0


# -------------------------------------------------------------------------------------------------- subscriptions


def test_follow_list_export_and_unfollow(
    run: Callable[..., Answer], site: tuple[str, Path], sample_podcast: Path, tmp_path: Path
) -> None:
    (site[1] / "feed.xml").write_bytes((sample_podcast / "feed.xml").read_bytes())
    assert "Following The Quiet Body" in run("follow", f"{site[0]}/feed.xml").out
    assert "The Quiet Body: 3 episodes" in run("feeds").out
    assert run("feeds", "--opml", tmp_path / "feeds.opml").status == 0
    assert f"{site[0]}/feed.xml" in (tmp_path / "feeds.opml").read_text()
    assert run("unfollow", "nobody").status == 1
    assert run("unfollow", "quiet").status == 0
    assert run("feeds").out == ""
    assert "Following The Quiet Body" in run("follow", tmp_path / "feeds.opml").out


def test_json_has_whole_addresses_without_passwords(
    run: Callable[..., Answer], site: tuple[str, Path], sample_podcast: Path
) -> None:
    (site[1] / "5Yq3kZ0vT2xW8rB1nM4c").mkdir()
    shutil.copy(sample_podcast / "feed.xml", site[1] / "5Yq3kZ0vT2xW8rB1nM4c" / "feed.xml")
    address = f"{site[0]}/5Yq3kZ0vT2xW8rB1nM4c/feed.xml"
    with_password = address.replace("//", "//anna:topsecret@")
    for answer in (run("feed", with_password, "--json"), run("follow", with_password), run("feeds", "--json")):
        assert "topsecret" not in answer.out
        assert "anna" not in answer.out
    assert json.loads(run("feeds", "--json").out)[0]["url"] == address
    assert json.loads(run("feed", with_password, "--json").out)["url"] == address


def test_the_token_of_a_private_feed_is_nowhere(
    run: Callable[..., Answer], site: tuple[str, Path], sample_podcast: Path, tmp_path: Path
) -> None:
    token = "Zx81QwErTyUiOpAs2DfG"
    (site[1] / token).mkdir()
    feed = (sample_podcast / "feed.xml").read_text(encoding="utf-8")
    (site[1] / token / "feed.xml").write_text(feed, encoding="utf-8")
    for folder in ("transcripts", "chapters"):
        (site[1] / token / folder).symlink_to(sample_podcast / folder)
    address = f"{site[0].replace('//', '//anna:topsecret@')}/{token}/feed.xml?auth=key-topsecret"
    answers = [
        run("feed", address),
        run("draft", address, "--match", "pharmacy"),
        run("follow", address),
        run("feeds"),
        run("draft", address.replace("feed.xml", "none.xml")),
    ]
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "drafts").iterdir())
    for text in [written, *(answer.out + answer.err for answer in answers)]:
        assert token not in text
        assert "topsecret" not in text
    assert "The pharmacy in your body" in written


def test_options_that_exclude_another_say_so(run: Callable[..., Answer]) -> None:
    answer = run("feeds", "--json", "--opml", "feeds.opml")
    assert answer.status == 2
    assert "give one of them" in answer.err
    assert answer.out == ""
