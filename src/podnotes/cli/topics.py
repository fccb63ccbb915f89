"""Commands ``topics``, ``passages`` and ``templates``: what drafts are made with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from podnotes.cli.arguments import Group, force_option, topics_option
from podnotes.cli.output import put, put_json, say
from podnotes.errors import PodnotesError, UsageError
from podnotes.timestamps import clock

if TYPE_CHECKING:
    from podnotes.models import Findings, Topic


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


@click.command()
@click.argument("transcripts", nargs=-1, required=True, metavar="TRANSCRIPT...")
@topics_option
@click.option("--limit", type=click.IntRange(min=1), help="Maximum number of passages per topic.")
@click.option("--explain", is_flag=True, help="Print what each score is made of, and why spans were skipped.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per transcript and line.")
def passages(transcripts: tuple[str, ...], topics: str, limit: int | None, explain: bool, as_json: bool) -> int:
    """Find the passages on your topics in transcripts (WebVTT, SRT, JSON, TTML, text, HTML …)."""
    from podnotes.passages import find_passages
    from podnotes.topics import load_topics
    from podnotes.transcripts.formats import read_transcript

    wanted = load_topics(topics)
    failed = 0
    for name in transcripts:
        try:
            findings = find_passages(read_transcript(Path(name)), wanted, limit=limit)
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
