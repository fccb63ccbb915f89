"""What is put into the library comes out of it unchanged."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podnotes.errors import LibraryError, TranscriptError
from podnotes.library import Library
from podnotes.models import (
    Chunk,
    Enclosure,
    Episode,
    Findings,
    Passage,
    Podcast,
    QualityFlag,
    Segment,
    Transcript,
    Word,
)
from tests.library.conftest import FEED, make_episode, make_transcript

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Any text a broken feed may have in it, half surrogates included.
any_text = st.text(st.characters(codec=None), max_size=30)
seconds = st.one_of(
    st.floats(0, 1e6, allow_nan=False),
    st.integers(0, 10**8).map(lambda milliseconds: milliseconds / 1000),
)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    text = draw(any_text)
    words: tuple[Word, ...] = ()
    if draw(st.booleans()):
        texts = text.split() if draw(st.booleans()) else draw(st.lists(any_text, max_size=4))
        words = tuple(
            Word(draw(seconds), draw(seconds), word, draw(st.none() | st.floats(0, 1, allow_nan=False)))
            for word in texts
        )
    doubt = draw(st.none() | st.sampled_from(QualityFlag))
    return Segment(draw(seconds), draw(seconds), text, words, draw(st.none() | any_text), doubt)


transcripts = st.builds(
    Transcript,
    segments=st.lists(segments(), max_size=6).map(tuple),
    duration=seconds,
    language=st.none() | st.sampled_from(["en", "de-CH"]),
    source=st.sampled_from(["recognised", "publisher", "file"]),
    model=st.none() | any_text,
    origin=st.none() | any_text,
    details=st.dictionaries(any_text, any_text, max_size=3),
    warnings=st.lists(any_text, max_size=2).map(tuple),
    timed=st.booleans(),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=transcripts, second=transcripts)
def test_any_transcript_comes_back_as_it_was(library: Library, first: Transcript, second: Transcript) -> None:
    number = library.remember_episode(make_episode())
    for transcript in (first, second):
        library.save_transcript(number, transcript)
        assert library.transcript(number) == transcript
    assert library.check().ok


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=any_text, guid=any_text, summary=any_text, url=any_text)
def test_any_episode_comes_back_as_it_was(library: Library, title: str, guid: str, summary: str, url: str) -> None:
    episode = replace(make_episode(), title=title, guid=guid, summary=summary, feed_url=url or None)
    number = library.remember_episode(episode)
    assert library.episode(number) == episode
    assert library.remember_episode(episode) == number


def test_times_out_of_nowhere_are_refused(library: Library) -> None:
    number = library.remember_episode(make_episode())
    with pytest.raises(TranscriptError, match="no valid time"):
        library.save_transcript(number, Transcript((Segment(0.0, float("inf"), "Hello."),), 1.0))
    assert library.transcript(number) is None


# ---------------------------------------------------------------------------------------------------- podcasts


def test_a_podcast_is_known_with_its_episodes_and_validators(library: Library) -> None:
    podcast = Podcast(
        "The Nerve Hour", (make_episode(3), make_episode(2), make_episode(1)), url=FEED, etag='"v1"', modified="Mon"
    )
    assert library.podcast(FEED) is None
    library.remember_podcast(podcast)
    assert library.podcast(FEED) == podcast


def test_episodes_that_left_the_feed_stay(library: Library) -> None:
    library.remember_podcast(Podcast("P", (make_episode(2), make_episode(1)), url=FEED))
    library.remember_podcast(Podcast("P", (make_episode(3), make_episode(2)), url=FEED, etag="new"))
    known = library.podcast(FEED)
    assert known is not None
    assert known.etag == "new"
    assert [episode.guid for episode in known.episodes] == ["guid-3", "guid-2", "guid-1"]


def test_undated_episodes_keep_the_order_of_the_feed(library: Library) -> None:
    episodes = tuple(replace(make_episode(number), published=None) for number in (7, 3, 5))
    library.remember_podcast(Podcast("P", episodes, url=FEED))
    known = library.podcast(FEED)
    assert known is not None
    assert known.episodes == episodes


def test_a_feed_that_moved_keeps_its_episodes(library: Library) -> None:
    library.remember_podcast(Podcast("P", (make_episode(1),), url=FEED))
    library.follow(FEED)
    number = library.remember_episode(make_episode(1))
    elsewhere = "https://elsewhere.example/feed"
    library.remember_podcast(Podcast("P", (make_episode(1, feed=elsewhere),), url=elsewhere), asked=FEED)
    assert library.remember_episode(make_episode(1, feed=elsewhere)) == number
    assert [feed.url for feed in library.feeds()] == [elsewhere]
    assert library.podcast(FEED) is None


def test_a_feed_that_moved_to_one_she_follows_already(library: Library) -> None:
    old, new = "https://old.example/feed", "https://new.example/feed"
    for url in (old, new):
        library.follow(url)
        library.remember_podcast(Podcast("P", (make_episode(1, feed=url),), url=url))
    library.remember_podcast(Podcast("P", (make_episode(1, feed=new),), url=new), asked=old)
    assert [feed.url for feed in library.feeds()] == [new]


AUDIO = "https://cdn.example.org/shows/7"


@pytest.mark.parametrize(
    "reissued",
    [
        {"audio": Enclosure(f"{AUDIO}/1.mp3?token=new", "audio/mpeg", 999)},
        {"audio": Enclosure(f"{AUDIO}/1.mp3?token=new"), "title": "Episode 1, corrected"},
        {"audio": Enclosure("https://elsewhere.example/a1b2.mp3", "audio/mpeg", 5), "duration": 1800.2},
        {"audio": Enclosure("https://elsewhere.example/a1b2.mp3", "audio/mpeg", 1000), "duration": None},
        {"audio": Enclosure("https://elsewhere.example/a1b2.mp3"), "published": datetime(2026, 1, 1, 20, tzinfo=UTC)},
    ],
    ids=["query", "title", "length in seconds", "length in bytes", "hour"],
)
def test_a_host_that_issues_new_guids_makes_no_archive_new(library: Library, reissued: dict[str, Any]) -> None:
    episodes = [
        replace(
            make_episode(n), duration=1800.0 + n, audio=Enclosure(f"{AUDIO}/{n}.mp3?token=old", "audio/mpeg", 999 + n)
        )
        for n in range(1, 6)
    ]
    library.remember_podcast(Podcast("The Nerve Hour", tuple(episodes), FEED))
    number = library.remember_episode(episodes[0])
    anew = [replace(episode, guid=f"new-{episode.guid}") for episode in episodes]
    anew[0] = replace(anew[0], **{"duration": 1800.6, **reissued})
    if reissued.get("duration") == 1800.2:
        episodes[0] = replace(episodes[0], duration=1800.0)
        library.remember_podcast(Podcast("The Nerve Hour", tuple(episodes), FEED))
    library.remember_podcast(Podcast("The Nerve Hour", tuple(anew), FEED))
    known = library.podcast(FEED)
    assert known is not None
    assert len(known.episodes) == 5
    assert library.remember_episode(anew[0]) == number
    assert library.episode(number).guid == "new-guid-1"


def test_episodes_that_are_much_alike_stay_two(library: Library) -> None:
    one = replace(make_episode(1), title="The news", duration=300.0, audio=Enclosure("https://a.example/1.mp3"))
    two = replace(one, guid="two", audio=Enclosure("https://a.example/2.mp3"))
    for _ in range(2):
        library.remember_podcast(Podcast("News", (one, two), FEED))
        known = library.podcast(FEED)
        assert known is not None
        assert {episode.guid for episode in known.episodes} == {"guid-1", "two"}


def test_a_query_that_says_which_file_it_is_counts(library: Library) -> None:
    def numbered(n: int) -> Episode:
        return replace(make_episode(n), title="The news", audio=Enclosure(f"https://a.example/get.php?id={n}"))

    for n in (1, 2, 3):  # a feed of the newest episode alone
        library.remember_podcast(Podcast("News", (numbered(n),), FEED))
    known = library.podcast(FEED)
    assert known is not None
    assert len(known.episodes) == 3


def test_following(library: Library) -> None:
    assert library.follow(FEED)
    assert not library.follow(FEED)
    (feed,) = library.feeds()
    assert (feed.url, feed.title, feed.checked, feed.episodes) == (FEED, FEED, None, 0)
    assert library.podcast(FEED) is None, "followed, but never read"
    library.remember_podcast(Podcast("The Nerve Hour", (make_episode(1),), url=FEED))
    (feed,) = library.feeds()
    assert (feed.title, feed.episodes) == ("The Nerve Hour", 1)
    assert feed.checked is not None
    assert library.unfollow(FEED)
    assert not library.unfollow(FEED)
    assert library.feeds() == ()
    assert library.podcast(FEED) is not None, "what was made from it stays"


def test_a_feed_that_is_gone_stays_with_a_mark(library: Library) -> None:
    assert not library.mark_gone(FEED), "never heard of"
    podcast = Podcast("The Nerve Hour", (make_episode(1),), url=FEED)
    library.remember_podcast(podcast)
    library.follow(FEED)
    assert library.mark_gone(FEED)
    assert not library.mark_gone(FEED)
    (feed,) = library.feeds()
    assert feed.gone is not None
    assert feed.gone.tzinfo is not None
    assert feed.episodes == 1
    assert library.podcast(FEED) is not None
    # Whatever says that it is there again takes the mark away.
    for back in (library.follow, library.mark_unchanged, lambda _: library.remember_podcast(podcast)):
        library.mark_gone(FEED)
        back(FEED)
        assert [feed.gone for feed in library.feeds()] == [None]


def test_finding_episodes(library: Library) -> None:
    library.remember_podcast(
        Podcast("P", tuple(make_episode(number, title=f"Über den Schmerz {number}") for number in (3, 2, 1)), url=FEED)
    )
    library.remember_episode(replace(make_episode(9, feed=None), podcast="Other", title="Schlaf"))
    assert [known.episode.guid for known in library.find_episodes("ÜBER DEN")] == ["guid-3", "guid-2", "guid-1"]
    assert [known.episode.guid for known in library.find_episodes(podcast="other")] == ["guid-9"]
    assert [known.episode.guid for known in library.find_episodes(podcast=FEED, limit=1)] == ["guid-3"]
    between = library.find_episodes(since=datetime(2026, 1, 2, tzinfo=UTC), until=datetime(2026, 1, 3, tzinfo=UTC))
    assert [known.episode.guid for known in between] == ["guid-2"]
    (first,) = library.find_episodes("3")
    assert not first.transcribed
    library.save_transcript(first.id, make_transcript("Hello there."))
    (first,) = library.find_episodes("3")
    assert first.transcribed


def test_audio_is_remembered_as_long_as_it_is_there(library: Library, tmp_path: Path) -> None:
    number = library.remember_episode(make_episode())
    assert library.audio(number) is None
    audio = tmp_path / "one.mp3"
    audio.write_bytes(b"sound")
    library.save_audio(number, audio)
    assert library.audio(number) == audio
    audio.unlink()
    assert library.audio(number) is None


# ------------------------------------------------------------------------------------------- stretches, findings


def test_stretches_are_dropped_with_the_transcript(library: Library) -> None:
    number = library.remember_episode(make_episode())
    first = Chunk(0.0, 300.25, make_transcript("One.").segments)
    second = Chunk(300.25, 600.0, ())
    library.save_chunk(number, "small.en", second)
    library.save_chunk(number, "small.en", first)
    library.save_chunk(number, "tiny.en", second)
    assert library.chunks(number, "small.en") == (first, second)
    assert library.chunks(number, "large") == ()
    library.save_transcript(number, make_transcript("One."))
    assert library.chunks(number, "small.en") == library.chunks(number, "tiny.en") == ()


def test_findings_are_stale_with_other_topics_or_another_transcript(library: Library) -> None:
    number = library.remember_episode(make_episode())
    transcript = make_transcript("Pain is made by the brain.")
    findings = Findings((Passage("pain", 0.0, 2.5, 0.9, "Pain is made by the brain.", ("pain",)),), (), 3.0, "Few.")
    library.save_transcript(number, transcript)
    library.save_findings(number, findings, "one")
    assert library.findings(number, "one") == findings
    assert library.findings(number, "two") is None
    library.save_transcript(number, transcript)
    assert library.findings(number, "one") == findings, "the same transcript again changes nothing"
    library.save_transcript(number, make_transcript("Another."))
    assert library.findings(number, "one") is None


def test_findings_of_a_few_packs_are_kept(library: Library) -> None:
    number = library.remember_episode(make_episode())
    library.save_transcript(number, make_transcript("Pain."))
    for pack in "abcdef":
        library.save_findings(number, Findings(notice=pack), pack)
    assert [library.findings(number, pack) is not None for pack in "abcdef"] == [False, False, True, True, True, True]


def test_done_is_for_a_recipe_and_a_folder(library: Library, tmp_path: Path) -> None:
    number = library.remember_episode(make_episode())
    library.mark_done(number, "recipe", folder=tmp_path / "drafts")
    assert library.is_done(number, "recipe", folder=tmp_path / "x" / ".." / "drafts")
    assert not library.is_done(number, "recipe", folder=tmp_path / "other")
    assert not library.is_done(number, "recipe")
    assert not library.is_done(number, "other", folder=tmp_path / "drafts")
    assert library.is_done(number, None, folder=tmp_path / "drafts")
    assert not library.is_done(number, None, folder=tmp_path / "other")


# ------------------------------------------------------------------------------------------------- the library


@pytest.mark.parametrize(
    "call",
    [
        lambda library: library.save_transcript(99, make_transcript("Hello.")),
        lambda library: library.save_chunk(99, "r", Chunk(0.0, 1.0, ())),
        lambda library: library.save_findings(99, Findings(), "t"),
        lambda library: library.mark_done(99, "r"),
        lambda library: library.episode(99),
        lambda library: library.forget(99),
        lambda library: library.lock(99).__enter__(),
    ],
)
def test_an_episode_that_is_not_there(library: Library, call: Callable[[Library], object]) -> None:
    with pytest.raises(LibraryError, match="no episode 99"):
        call(library)


def test_a_closed_library_says_so(path: Path) -> None:
    library = Library(path)
    library.close()
    library.close()
    with pytest.raises(LibraryError, match="closed"):
        library.feeds()


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(tmp_path) as library:
        assert library.path == tmp_path / "library.sqlite3"
        assert library.folder == tmp_path / "audio"
    monkeypatch.setenv("PODNOTES_LIBRARY", str(tmp_path / "named.db"))
    with Library() as library:
        assert library.path == tmp_path / "named.db"
    monkeypatch.delenv("PODNOTES_LIBRARY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Library() as library:
        assert library.path.name == "library.sqlite3"
        assert "podnotes" in str(library.path)


def test_many_threads_share_one_library(library: Library) -> None:
    failures: list[BaseException] = []

    def work(count: int) -> None:
        try:
            for step in range(10):
                number = library.remember_episode(make_episode(count, feed=f"https://example.org/{step}"))
                library.save_transcript(number, make_transcript(f"Thread {count} at step {step}."))
                assert library.transcript(number) is not None
                library.search("thread")
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(count,)) for count in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(library.find_episodes()) == 80
    assert library.check().ok


def test_an_error_inside_undoes_the_whole(library: Library) -> None:
    # An episode that can't be stored comes after one that can.
    broken = replace(make_episode(2), persons=(object(),))  # type: ignore[arg-type] # broken on purpose
    with pytest.raises((TypeError, AttributeError)):
        library.remember_podcast(Podcast("P", (make_episode(1), broken), url=FEED))
    assert library.find_episodes() == ()
    assert library.podcast(FEED) is None
