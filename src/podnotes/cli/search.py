"""Commands ``passages``, ``topics``, ``search`` and ``templates``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from podnotes.cli.arguments import Day, Group, force_option, library_option, start_of, topics_option
from podnotes.cli.output import put, put_json, say
from podnotes.cli.quote import put_quotes, quote_options
from podnotes.errors import PodnotesError, UsageError
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from podnotes.library import FoundSentence, Library, SearchResult
    from podnotes.models import Findings, Topic


@click.command()
@click.argument("transcripts", nargs=-1, required=True, metavar="TRANSCRIPT...")
@topics_option
@click.option("--limit", type=click.IntRange(min=1), help="Maximum number of passages per topic.")
@click.option("--explain", is_flag=True, help="Print what each score is made of, and why spans were skipped.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per transcript and line.")
def passages(transcripts: tuple[str, ...], topics: str, limit: int | None, explain: bool, as_json: bool) -> int:
    """Find the passages on your topics in transcripts (WebVTT, SRT, JSON, TTML, text, HTML …)."""
    from podnotes.topics import load_topics

    wanted = load_topics(topics)
    failed = 0
    for name in transcripts:
        try:
            findings = _find(name, wanted, limit)
        except PodnotesError as error:
            failed += 1
            say(f"podnotes: {error}")
            continue
        if findings.notice:
            say(f"{name}: {findings.notice}")
        if as_json:
            put_json({"transcript": name, "duration": findings.duration, **findings_json(findings)})
        else:
            _print_findings(name, findings, wanted, heading=len(transcripts) > 1, explain=explain)
    return 1 if failed else 0


def _find(name: str, topics: tuple[Topic, ...], limit: int | None) -> Findings:
    from podnotes.passages import find_passages
    from podnotes.transcripts.formats import read_transcript

    return find_passages(read_transcript(Path(name)), topics, limit=limit)


def findings_json(findings: Findings) -> dict[str, object]:
    """Convert findings for JSON output: ``passages`` and ``skipped``."""
    answer: dict[str, object] = {"passages": findings.passages, "skipped": findings.skipped}
    return answer | {"notice": findings.notice} if findings.notice else answer


def _print_findings(name: str, findings: Findings, topics: tuple[Topic, ...], *, heading: bool, explain: bool) -> None:
    if heading:
        put(f"{name}\n{'=' * len(name)}")
    for topic in topics:
        found = [passage for passage in findings.passages if passage.topic == topic.id]
        if not found:
            continue
        put(f"{topic.title}: {len(found)} passage{'s' if len(found) > 1 else ''}\n")
        for passage in found:
            who = f" {passage.speaker}:" if passage.speaker else ""
            put(f"  [{clock(passage.start)} to {clock(passage.end)}, {passage.score:.2f}]{who} {passage.text}\n")
            for reason in passage.reasons if explain else ():
                put(f"      {reason}")
    if not findings.passages:
        put("Nothing on these topics.")
    for skipped in findings.skipped:
        why = f": {skipped.reason}" if explain and skipped.reason else ""
        put(f"  left out: {skipped.kind}, {clock(skipped.start)} to {clock(skipped.end)}{why}")


@click.command()
@click.argument("words", nargs=-1, metavar="[PACK|FILE] | new FILE [PACK]")
@force_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def topics(words: tuple[str, ...], force: bool, as_json: bool) -> None:
    """List the built-in topic packs; show and check one, or your own file.

    `podnotes topics new FILE` writes a commented topics file as a starting point for your own, `podnotes topics new
    FILE PACK` a copy of a pack.
    """
    if words[:1] == ("new",):
        if len(words) not in (2, 3):
            raise click.UsageError("Name the file to write: podnotes topics new my-topics.toml")
        _start_topics(Path(words[1]), *words[2:], replace=force)
    elif len(words) > 1:
        raise click.UsageError(f"One pack at a time, please: podnotes topics {words[0]}")
    elif words:
        _show_pack(words[0], as_json=as_json)
    else:
        _list_packs(as_json=as_json)


def _list_packs(*, as_json: bool) -> None:
    from podnotes.topics import load_topics, packs

    known = packs()
    if as_json:
        put_json(list(known))
        return
    for name in known:
        put(f"{name}: {', '.join(topic.title for topic in load_topics(name))}")
    say("Show one: podnotes topics NAME. Check your own: podnotes topics FILE.toml")


def _show_pack(pack: str, *, as_json: bool) -> None:
    from podnotes.topics import load_topics

    loaded = load_topics(pack)
    if as_json:
        put_json({"topics": loaded})
        return
    for topic in loaded:
        put(f"{topic.title} ({topic.id})")
        if topic.about:
            put(f"  {topic.about}")
        terms = f"term{'s' if len(topic.terms) > 1 else ''}: {', '.join(topic.terms[:12])}"
        put(f"  {len(topic.terms)} {terms}{' …' if len(topic.terms) > 12 else ''}\n")
    say(f"{len(loaded)} topic{'s' if len(loaded) > 1 else ''}, no mistakes.")


def _start_topics(file: Path, pack: str = "", *, replace: bool) -> None:
    from podnotes.files import write_file
    from podnotes.topics import pack_text

    if file.suffix != ".toml":
        raise UsageError(f"A topics file is a .toml file: podnotes topics new {file.with_suffix('.toml')}")
    written = write_file(file, pack_text(pack), replace=replace)
    put(f"Wrote {written}. Put your own words in with any text editor, then check it: podnotes topics {written}")


class _SearchCommand(click.Command):
    """Command that treats -word as part of the query, not as an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {word}" if re.match(r"-\w[\w’']", word) else word for word in args])


@click.command(cls=_SearchCommand)
@click.argument("query", nargs=-1, required=True)
@click.option("--podcast", metavar="TEXT", help="Only podcasts with this text in their title.")
@click.option(
    "--person", metavar="NAME", help="Only words of this person, or episodes with them if speakers are unknown."
)
@click.option("--since", type=Day(), help="Only episodes from this day on (2026-03-01, or 30d).")
@click.option("--until", type=Day(), help="Only episodes before this day.")
@click.option("--topic", metavar="ID", help="Only passages on this topic.")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Maximum number of episodes.")
@click.option("--sentences", type=click.IntRange(min=1), default=3, show_default=True,
              help="Maximum number of sentences per episode.")  # fmt: skip
@click.option("--quote", "wanted", type=click.IntRange(min=1), multiple=True, metavar="N",
              help="Put sentence N of the results, with the whole thought around it, into a draft.")  # fmt: skip
@quote_options
@library_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per episode and line.")
def search(
    query: tuple[str, ...],
    podcast: str | None,
    person: str | None,
    since: date | None,
    until: date | None,
    topic: str | None,
    limit: int,
    sentences: int,
    wanted: tuple[int, ...],
    library_path: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Search all transcripts in the library.

    Episodes with all words near each other come first, then those with most of them; "a phrase", -word and prefix*
    work too. --quote N puts a result into a draft: --into DRAFT, or a new one.
    """
    from podnotes.library import Library

    if given["into"] is not None and not wanted:
        raise click.UsageError("Say which result is to go into the draft: --quote N")
    with Library(library_path) as library:
        found = library.search(
            " ".join(query),
            podcast=podcast,
            person=person,
            since=start_of(since),
            until=start_of(until),
            topic=topic,
            limit=limit,
            per_episode=sentences,
        )
        known = library.topic_ids()
        if topic is not None and topic not in known:
            raise UsageError(f"Nothing was found on a topic “{topic}” yet; there is {', '.join(known) or 'none'}.")
        if wanted:
            return _quote(library, found, wanted, **given)
    if as_json:
        for result in found:
            put_json(result)
    else:
        _print_results(found)
    return 0


def _print_results(found: Sequence[SearchResult]) -> None:
    number = 0
    for at, result in enumerate(found):
        if not result.all_words and (at == 0 or found[at - 1].all_words):
            say("No episode has all words near each other; these have some:" if at == 0 else "With most of the words:")
        episode = result.episode
        day = f", {episode.published:%Y-%m-%d}" if episode.published else ""
        put(f"{episode.title} ({episode.podcast}{day})")
        for sentence in result.sentences:
            number += 1
            who = f"{sentence.speaker}: " if sentence.speaker else ""
            put(f"{number:>3}. [{clock(sentence.start)}] {who}{_marked(sentence)}")
            if sentence.url:
                put(f"      {sentence.url}")
        if (more := result.matches - len(result.sentences)) > 0:
            put(f"     … and {more} more (--sentences {result.matches} shows all)")
    if not found:
        say("Nothing found.")


def _marked(sentence: FoundSentence) -> str:
    """Return the sentence with matched words in bold, which click removes outside a terminal."""
    text, end = "", 0
    for first, last in sentence.marks:
        text += sentence.text[end:first] + click.style(sentence.text[first:last], bold=True)
        end = last
    return text + sentence.text[end:]


def _quote(library: Library, found: Sequence[SearchResult], wanted: Sequence[int], **given: Any) -> int:
    """Insert results, numbered from 1, into a draft."""
    from podnotes.notes.bookmarks import Bookmark

    numbered = [(result.episode_id, sentence) for result in found for sentence in result.sentences]
    if max(wanted) > len(numbered):
        raise UsageError(f"There is no result {max(wanted)}; the number of results is {len(numbered)}.")
    bookmarks: dict[int, list[Bookmark]] = {}
    for number in wanted:
        episode_id, sentence = numbered[number - 1]
        bookmarks.setdefault(episode_id, []).append(Bookmark(sentence.start, sentence.end))
    return max(put_quotes(library, episode_id, marked, draft=True, **given) for episode_id, marked in bookmarks.items())


@click.group(cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def templates(ctx: click.Context, as_json: bool) -> None:
    """List the draft templates; `show NAME` prints one as a starting point for your own."""
    if ctx.invoked_subcommand is not None:
        return
    from podnotes.notes.rendering import templates as known_templates

    known = known_templates()
    if as_json:
        put_json(list(known))
        return
    for template in known:
        put(f"{template.name:<12} {template.about} ({', '.join(template.suffixes.values())})")


@templates.command()
@click.argument("name")
@click.option("--output", metavar="OUTPUT", help="Output format: markdown, html … (default: the template's first).")
def show(name: str, output: str | None) -> None:
    """Print a template as a starting point for your own."""
    from podnotes.notes.rendering import template_source

    put(template_source(name, output).rstrip("\n"))
