"""Commands that write drafts: ``draft``, ``update``, ``digest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import (
    Day,
    combined,
    library_option,
    mark_corrections_option,
    out_option,
    same_out_option,
    same_topics_option,
    speaker_model_option,
    speakers_option,
    speech_options,
    start_of,
    take_speech_options,
    template_option,
    topics_option,
)
from podnotes.cli.output import put, put_json, say
from podnotes.cli.progress import ProgressDisplay
from podnotes.cli.topics import findings_json
from podnotes.errors import UsageError
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from datetime import date

    from podnotes.library import DraftResult
    from podnotes.pipeline.results import EpisodeResult


# For commands that draft episodes.
making_options = combined(
    topics_option,
    speech_options,
    speakers_option,
    speaker_model_option,
    template_option,
    out_option,
    click.option("--publisher/--no-publisher", default=True, show_default=True,
                 help="Use the publisher's transcript if the feed links one."),
    mark_corrections_option,
    click.option("--again", is_flag=True, help="Redo passages and drafts if topics or template have changed."),
    click.option("--retranscribe", is_flag=True,
                 help="Redo transcripts made with another model, and what was made from them."),
    click.option("--cache", default=20.0, show_default=True, metavar="GB", type=click.FloatRange(min=0.0),
                 envvar="PODNOTES_CACHE", help="Maximum size of the audio cache."),
    library_option,
    click.option("--quiet", "-q", is_flag=True, help="Print only drafts, warnings and errors, no progress."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object per episode and line."),
)  # fmt: skip


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FEED|OPML|AUDIO...")
@click.option("--episodes", type=click.IntRange(min=1), metavar="N", envvar="PODNOTES_EPISODES",
              help="The newest N episodes (default: one for a new feed, all new ones for a known feed).")  # fmt: skip
@click.option("--since", type=Day(), help="Only episodes from this day on (2026-03-01, or 30d).")
@click.option("--match", metavar="TEXT", help="Only episodes with this text in their title, people or show notes.")
@making_options
def draft(sources: tuple[str, ...], **given: Any) -> int:
    """Make drafts from feeds, OPML files or audio.

    A source is the address of a feed, of a web page that links one or of a podcast in Apple Podcasts, an audio file or
    folder, or an OPML file from your podcast app.
    """
    return _run(sources, given)


@click.command()
@making_options
def update(**given: Any) -> int:
    """Make drafts of new episodes in all feeds you follow. For use in cron, add --quiet."""
    from podnotes.library import Library

    with Library(given["library_path"]) as library:
        followed = library.feeds()
    sources = tuple(feed.url for feed in followed if feed.gone is None)
    if not sources:
        say(
            "All feeds you follow have been taken down; podnotes feeds lists them"
            if followed
            else "You follow no feed yet: podnotes follow URL"
        )
        return 0
    return _run(sources, given)


@click.command()
@click.option("--topic", "topic_id", metavar="ID", help="Only this topic, by its id (podnotes topics PACK).")
@same_topics_option
@click.option("--podcast", metavar="TEXT", help="Only podcasts with this text in their title.")
@click.option("--since", type=Day(), help="Only episodes from this day on (2026-03-01, or 30d).")
@click.option("--until", type=Day(), help="Only episodes before this day.")
@same_out_option
@library_option
def digest(
    topic_id: str | None, topics: str | None, podcast: str | None, since: date | None, until: date | None,
    out: Path | None, library_path: Path | None,
) -> None:  # fmt: skip
    """Write one post on each topic from all transcribed episodes.

    Quotes are grouped by subject, duplicates are merged, and the sources are listed.
    """
    from podnotes.cli.episode import as_before
    from podnotes.library import Library
    from podnotes.pipeline.digesting import collect_sources, write_digest
    from podnotes.pipeline.run import check_folder

    with Library(library_path) as library:
        pack, folder = as_before(library, None, topics, out)
        wanted = [topic for topic in pack if topic_id in (None, topic.id)]
        if not wanted:
            named = f"{topics} has" if topics else "Your topics have"
            raise UsageError(f"{named} no topic “{topic_id}”, but {', '.join(topic.id for topic in pack)}.")
        check_folder(folder)
        sources = collect_sources(library, pack, podcast=podcast, since=start_of(since), until=start_of(until))
        written = [one for topic in wanted for one in write_digest(topic, sources, library, out=folder)]
    if not sources:
        say("No transcribed episode matches that podcast and those dates.")
    elif not written:
        on = wanted[0].title if topic_id else "your topics"
        say(f"None of {len(sources)} transcribed episodes has anything to quote on {on}.")
    for one in written:
        put(_draft_line(one))


def _run(sources: tuple[str, ...], given: dict[str, Any]) -> int:
    from podnotes.library import Library
    from podnotes.notes.options import NoteOptions
    from podnotes.pipeline.results import DraftOptions, Outcome
    from podnotes.pipeline.run import draft_notes

    library_path, out, quiet, as_json = (given.pop(name) for name in ("library_path", "out", "quiet", "as_json"))
    speech = take_speech_options(given)
    cache_bytes = int(given.pop("cache") * 1e9)
    note = NoteOptions(mark_corrections=True) if given.pop("mark_corrections") else None
    options = DraftOptions(
        publisher_transcripts=given.pop("publisher"), speech=speech, cache_bytes=cache_bytes, note=note, **given
    )
    counts = dict.fromkeys(Outcome, 0)
    with Library(library_path) as library, ProgressDisplay(quiet=quiet) as progress:
        results = draft_notes(sources, out=out, library=library, options=options, on_event=progress)
        for result in results:
            counts[result.outcome] += 1 if result.episode or result.error else 0
            if as_json:
                put_json(_result_json(result))
            if not (quiet and result.outcome is Outcome.KNOWN):
                for line in _result_lines(result):
                    progress.say(line)
    if not as_json and not quiet:
        _print_summary(counts, out, selected=bool(options.match or options.since))
    return 1 if counts[Outcome.FAILED] else 0


def _result_lines(result: EpisodeResult) -> list[str]:
    """Return the lines printed for one episode."""
    from podnotes.pipeline.results import Outcome

    title = result.episode.title if result.episode else result.source
    if result.outcome is Outcome.FAILED:
        return [f"✗ {title}: {result.error}"]
    if result.outcome is Outcome.BUSY:
        return [f"… {title}: {result.error}"]
    if result.outcome is Outcome.KNOWN:
        return [f"= {title}: done before", *(f"    {notice}" for notice in result.notices)]
    notices = [f"    {notice}" for notice in result.notices]
    if result.outcome is Outcome.NOTHING:
        return [f"– {title}: nothing to quote on your topics, so no draft", *notices]
    told = []
    if result.note is not None and result.drafts:
        quotes = [(len(section.quotes), section.topic.title) for section in result.note.sections]
        total = sum(count for count, _ in quotes)
        by_topic = f": {', '.join(f'{count} on {on}' for count, on in quotes)}" if quotes[1:] else f" on {quotes[0][1]}"
        told.append(f"{total} quote{'s' if total > 1 else ''}{by_topic}")
    left_out = sum(skipped.end - skipped.start for skipped in result.findings.skipped) if result.findings else 0.0
    if left_out:
        told.append(f"{clock(left_out)} of ads and the like left out")
    drafts = [f"    {_draft_line(written)}" for written in result.drafts]
    return [": ".join(filter(None, (f"✓ {title}", "; ".join(told)))), *drafts, *notices]


def _draft_line(written: DraftResult) -> str:
    path = _short(written.path)
    left_alone = _short(written.left_alone) if written.left_alone else ""
    return {
        "new": path,
        "updated": f"{path} (updated)",
        "unchanged": f"{path} (unchanged)",
        "beside": f"{path} (new beside {left_alone}, which you edited and was left alone)",
        "kept away": f"{path} was not written: you deleted it",
    }[written.outcome]


def _short(path: Path) -> str:
    """Return a path relative to the current folder if it is inside, else unchanged."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _result_json(result: EpisodeResult) -> dict[str, Any]:
    episode = result.episode
    answer: dict[str, Any] = {
        "episode": episode.title if episode else None,
        "guid": episode.guid if episode else None,
        "podcast": episode.podcast if episode else result.source,
        "published": episode.published if episode else None,
        "outcome": result.outcome.value,
        "drafts": [{"path": draft.path, "outcome": draft.outcome} for draft in result.drafts],
        "notices": result.notices,
    }
    if result.findings is not None:
        answer |= findings_json(result.findings)
    if result.error is not None:
        answer["error"] = str(result.error)
    return answer


def _print_summary(counts: dict[Any, int], out: Path, *, selected: bool) -> None:
    from podnotes.pipeline.results import Outcome

    words = {
        Outcome.DRAFTED: "drafted",
        Outcome.NOTHING: "with nothing to quote on your topics",
        Outcome.KNOWN: "done before",
        Outcome.BUSY: "left to another running podnotes",
        Outcome.FAILED: "failed",
    }
    told = ", ".join(f"{counts[outcome]} {text}" for outcome, text in words.items() if counts[outcome])
    chosen = "none match" if selected else "none that are new"
    put(f"Episodes: {told or chosen}.")
    if counts[Outcome.DRAFTED] or counts[Outcome.KNOWN]:
        put(f"Your drafts are in {out.absolute()}")
