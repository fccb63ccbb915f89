"""Generate docs/gallery: drafts of the sample podcast in every template.

    python -m tools.make_gallery

It uses the publisher's transcript of one episode and the reference words of the others, so that the gallery does not
depend on the speech model. A test checks that the folder is up to date.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from podnotes.feeds.reader import read_feed
from podnotes.models import Segment, Transcript, Word
from podnotes.notes.compose import compose_note
from podnotes.notes.digest import Source, compose_digest
from podnotes.notes.options import NoteOptions
from podnotes.notes.rendering import render, render_digest, templates
from podnotes.notes.review import ReviewOptions, review_page
from podnotes.notes.timeline import topic_picture
from podnotes.passages import find_passages
from podnotes.topics import load_topics
from podnotes.transcripts.formats import read_transcript

if TYPE_CHECKING:
    from podnotes.models import Episode

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample_podcast"
GALLERY = ROOT / "docs" / "gallery"
SHOWN = "what-touch-tells-the-brain"
# A fixed date of the drafts keeps the folder from changing every day.
MADE = date(2026, 5, 18)


def known_words(name: str) -> Transcript:
    """Return the transcript of an episode, made from the reference word times."""
    truth = json.loads((SAMPLE / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    segments = tuple(
        Segment(
            line["start"],
            line["end"],
            line["text"],
            tuple(Word(start, end, text) for text, start, end, _ in line["words"]),
            line["speaker"],
        )
        for line in truth["sentences"]
    )
    return Transcript(segments, truth["duration"], language="en", source="publisher")


def pages() -> dict[str, str]:
    """Make the files of the gallery.

    Returns:
        Content of each file, by name.
    """
    topics = load_topics("bodywork")
    options = NoteOptions(made=MADE)
    feed = read_feed(str(SAMPLE / "feed.xml"))
    sources: dict[str, Source] = {}
    for episode in feed.episodes:
        name = Path(episode.audio.url).stem if episode.audio else ""
        published = SAMPLE / "transcripts" / f"{name}.vtt"
        transcript = read_transcript(published) if published.is_file() else known_words(name)
        sources[name] = Source(_on_the_web(episode, name), find_passages(transcript, topics), transcript)
    shown = sources[SHOWN]
    assert shown.transcript is not None
    note = compose_note(shown.episode, shown.findings, shown.transcript, topics, options=options)
    made = {
        f"{template.name}{suffix}": render(note, template.name, output=output)
        for template in templates()
        for output, suffix in template.suffixes.items()
    }
    audio = SAMPLE / "audio" / f"{SHOWN}.mp3"
    page = review_page(
        shown.episode, shown.transcript, shown.findings, note, topics=topics, options=ReviewOptions(audio=audio)
    )
    made["review.html"] = page.replace(audio.as_uri(), f"../../examples/sample_podcast/audio/{SHOWN}.mp3")
    made["topics.svg"] = topic_picture(shown.episode, shown.findings, topics)
    digest = compose_digest(topics[0], tuple(sources.values()), options=options)
    made["digest.md"] = render_digest(digest)
    made["digest.html"] = render_digest(digest, output="html")
    return made


def _on_the_web(episode: Episode, name: str) -> Episode:
    """Return the episode as if read from the podcast's fictional address."""
    audio = replace(episode.audio, url=f"https://quietbody.example/audio/{name}.mp3") if episode.audio else None
    return replace(episode, audio=audio, feed_url="https://quietbody.example/feed.xml")


def main() -> None:
    """Write the gallery."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    made = pages()
    for name, text in made.items():
        (GALLERY / name).write_text(text, encoding="utf-8")
    for old in GALLERY.iterdir():
        if old.name not in {*made, "README.md"}:
            old.unlink()
    print(f"{len(made)} files in {GALLERY.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
