"""The whole way on the sample podcast, with the real speech model."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from podnotes import (
    DraftOptions,
    Library,
    Outcome,
    PodnotesError,
    Step,
    Topic,
    collect_sources,
    draft_notes,
    load_topics,
    read_feed,
    write_digest,
    write_review,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podnotes import EpisodeResult, Event

pytestmark = pytest.mark.speech


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


@pytest.fixture
def options(speech_model: Path) -> DraftOptions:
    return DraftOptions(model=str(speech_model), episodes=3)


def outcomes(results: list[EpisodeResult]) -> list[Outcome]:
    return [result.outcome for result in results]


def test_from_feed_to_drafts(sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path) -> None:
    events: list[Event] = []
    results = list(
        draft_notes(
            sample_podcast / "feed.xml", out=tmp_path / "drafts", library=library, options=options,
            on_event=events.append,
        )
    )  # fmt: skip
    assert outcomes(results) == [Outcome.NOTHING, Outcome.DRAFTED, Outcome.DRAFTED]
    off_topic, published, recognised = results

    assert off_topic.drafts == ()
    assert published.transcript is not None
    assert published.transcript.source == "publisher"
    assert recognised.transcript is not None
    assert recognised.transcript.source == "recognised"
    for result in (published, recognised):
        assert result.findings is not None
        assert {"pain", "endorphins", "nervous-system"} <= {passage.topic for passage in result.findings.passages}
        assert [draft.path.suffix for draft in result.drafts] == [".md", ".html"]
        text = result.drafts[0].path.read_text(encoding="utf-8")
        assert "sponsor" not in text.lower()
        assert result.episode is not None
        assert result.episode.title in text
    assert {event.step for event in events} >= {Step.RECOGNISE, Step.FIND, Step.WRITE}
    # What there is to do is said first; in the end all of it is done, and the two that were heard are all there was.
    assert events[0].step is Step.PLAN
    plan, end = events[0].run, events[-1].run
    assert plan is not None
    assert end is not None
    assert (plan.episodes, plan.to_transcribe, plan.transcribed_s) == (3, 2, 0.0)
    assert end.audio_s == pytest.approx(plan.audio_s, abs=5.0)
    assert end.transcribed_s == pytest.approx(end.audio_s)
    assert end.left_s == pytest.approx(0.0, abs=0.1)
    assert end.speed is not None
    for title in ("Soup, servers and a slow train", "What touch tells the brain"):
        mine = [
            event for event in events if event.step is Step.RECOGNISE and event.episode and event.episode.title == title
        ]
        assert mine[-1].done == mine[-1].total
        assert all(event.speed and event.left_s is not None for event in mine if event.done > mine[0].done)


def test_every_quoted_word_is_in_the_transcript_at_its_time(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    for result in draft_notes(sample_podcast / "feed.xml", out=tmp_path, library=library, options=options):
        assert result.findings is not None
        assert result.transcript is not None
        for passage in result.findings.passages:
            assert passage.text in result.transcript.text
            spoken = " ".join(
                segment.text
                for segment in result.transcript.segments
                if segment.end > passage.start - 0.01 and segment.start < passage.end + 0.01
            )
            assert passage.text in spoken


def test_an_episode_that_is_done_is_not_done_again(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    feed = sample_podcast / "feed.xml"
    first = list(draft_notes(feed, out=tmp_path / "drafts", library=library, options=options))
    texts = {draft.path: draft.path.read_bytes() for result in first for draft in result.drafts}
    again = list(draft_notes(feed, out=tmp_path / "drafts", library=library, options=options))
    assert outcomes(again) == [Outcome.KNOWN] * 3
    assert {path: path.read_bytes() for path in texts} == texts


def test_other_topics_make_drafts_stale_and_again_renews_them_without_recognising(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    feed = sample_podcast / "feed.xml"
    list(draft_notes(feed, out=tmp_path / "drafts", library=library, options=options))
    topics = tmp_path / "topics.toml"
    topics.write_text('[topics.soup]\ntitle = "Soup"\nterms = ["soup", "potato", "onion", "lentil"]\n')
    other = replace(options, topics=topics)
    known = list(draft_notes(feed, out=tmp_path / "drafts", library=library, options=other))
    assert outcomes(known) == [Outcome.KNOWN] * 3
    assert all("--again" in result.notices[0] for result in known)

    steps: list[Step | None] = []
    renewed = list(  # all of them, although none is named
        draft_notes(
            feed, out=tmp_path / "drafts", library=library, options=replace(other, again=True, episodes=None),
            on_event=lambda event: steps.append(event.step),
        )
    )  # fmt: skip
    assert outcomes(renewed) == [Outcome.DRAFTED, Outcome.NOTHING, Outcome.NOTHING]
    assert Step.RECOGNISE not in steps


def test_a_draft_that_she_edited_is_left_alone_and_she_is_told(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    feed, out = sample_podcast / "feed.xml", tmp_path / "drafts"
    newest = replace(options, episodes=1)
    (first,) = draft_notes(feed, out=out, library=library, options=newest)
    mine = first.drafts[0].path
    mine.write_text("My own words.", encoding="utf-8")
    topics = tmp_path / "topics.toml"
    topics.write_text('[topics.massage]\ntitle = "Massage"\nterms = ["massage", "touch", "skin"]\n')
    (second,) = draft_notes(feed, out=out, library=library, options=replace(newest, topics=topics, again=True))
    assert mine.read_text(encoding="utf-8") == "My own words."
    assert second.drafts[0].outcome == "beside"
    assert second.drafts[0].left_alone == mine
    assert second.drafts[0].path != mine
    assert second.drafts[0].path.is_file()


def test_one_bad_episode_stops_no_other(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    podcast = tmp_path / "podcast"
    shutil.copytree(sample_podcast, podcast)
    bad = next((podcast / "audio").glob("soup*.mp3"))
    bad.write_bytes(b"This is no sound.")
    results = list(draft_notes(podcast / "feed.xml", out=tmp_path / "drafts", library=library, options=options))
    assert outcomes(results) == [Outcome.FAILED, Outcome.DRAFTED, Outcome.DRAFTED]
    assert isinstance(results[0].error, PodnotesError)
    # … and the next run does just that one.
    shutil.copy(next((sample_podcast / "audio").glob("soup*.mp3")), bad)
    again = list(draft_notes(podcast / "feed.xml", out=tmp_path / "drafts", library=library, options=options))
    assert sorted(outcomes(again)) == sorted([Outcome.NOTHING, Outcome.KNOWN, Outcome.KNOWN])


def test_one_bad_feed_stops_no_other(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    sources = [tmp_path / "nowhere.xml", sample_podcast / "feed.xml"]
    results = list(draft_notes(sources, out=tmp_path / "drafts", library=library, options=options))
    assert results[0].outcome is Outcome.FAILED
    assert results[0].episode is None
    assert len(results) == 4


def test_without_a_number_a_new_feed_gives_its_newest_episode_and_a_known_one_what_is_new(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    plain = replace(options, episodes=None)
    podcast = read_feed(sample_podcast / "feed.xml")
    older = replace(podcast, episodes=podcast.episodes[1:])
    first = list(draft_notes(older, out=tmp_path, library=library, options=plain))
    assert [result.episode.title for result in first if result.episode] == ["The pharmacy in your body"]
    second = list(draft_notes(podcast, out=tmp_path, library=library, options=plain))
    done = {result.episode.title: result.outcome for result in second if result.episode}
    assert done == {
        "What touch tells the brain": Outcome.DRAFTED,
        "The pharmacy in your body": Outcome.KNOWN,
    }


def test_since_and_match_choose_episodes(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    by_guest = replace(options, match="doctor keller")
    results = list(draft_notes(sample_podcast / "feed.xml", out=tmp_path, library=library, options=by_guest))
    assert [result.episode.title for result in results if result.episode] == ["The pharmacy in your body"]


def test_another_process_at_work_is_left_to_it(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    podcast = read_feed(sample_podcast / "feed.xml")
    number = library.remember_episode(podcast.episodes[0])
    with library.lock(number):
        (result,) = draft_notes(podcast, out=tmp_path, library=library, options=replace(options, episodes=1))
    assert result.outcome is Outcome.BUSY
    assert "another podnotes" in str(result.error)


def test_the_library_gives_a_review_page_and_a_digest(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    topics = load_topics("bodywork")
    list(draft_notes(sample_podcast / "feed.xml", out=tmp_path, library=library, options=options))
    known = library.find_episodes("touch")
    page = write_review(library, known[0].id, topics, out=tmp_path).read_text(encoding="utf-8")
    assert "What touch tells the brain" in page
    assert "audio/what-touch-tells-the-brain.mp3" in page

    # The same episode from the feed's address on the web.
    same = library.remember_episode(replace(known[0].episode, feed_url="https://example.org/feed.xml"))
    transcript = library.transcript(known[0].id)
    assert transcript is not None
    library.save_transcript(same, transcript)
    assert len(library.find_episodes("touch")) == 2
    sources = collect_sources(library, topics)
    assert len(sources) == 3
    (markdown, html) = write_digest(topics[0], sources, library, out=tmp_path)
    assert "Doctor Keller" in markdown.path.read_text(encoding="utf-8")
    assert html.path.suffix == ".html"
    trains = Topic("trains", "Trains", terms=("monorail",))
    assert write_digest(trains, collect_sources(library, (trains,)), library, out=tmp_path) == ()


def test_quotes_of_what_was_recognised_begin_at_their_first_word(
    sample_podcast: Path, library: Library, options: DraftOptions, tmp_path: Path
) -> None:
    newest = replace(options, episodes=1)
    (result,) = draft_notes(sample_podcast / "feed.xml", out=tmp_path, library=library, options=newest)
    assert result.transcript is not None
    assert any(segment.words for segment in result.transcript.segments)
