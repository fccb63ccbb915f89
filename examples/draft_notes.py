"""Draft blog notes from a podcast step by step with the Python API of podnotes.

    python examples/draft_notes.py                                   the sample podcast, offline
    python examples/draft_notes.py https://example.org/feed.xml      the newest episode of any feed

The command does the same, and saves the results in a library: podnotes draft FEED_URL
"""

import sys
from pathlib import Path

import podnotes

HERE = Path(__file__).parent
SAMPLE = HERE / "sample_podcast" / "feed.xml"


def main(source: str = str(SAMPLE)) -> None:
    """Draft an episode of a feed."""
    # The sample podcast requires the small model in this folder; "small.en" is downloaded on first use.
    model = str(HERE / "speech_model") if source == str(SAMPLE) else "small.en"
    topics = podnotes.load_topics("bodywork")  # or the path of your own topics file (TOML)

    podcast = podnotes.read_feed(source)
    episode = next(episode for episode in podcast.episodes if episode.transcripts or episode.audio)
    print(f"{podcast.title}: {episode.title}")

    transcript = podnotes.fetch_transcript(episode)  # the publisher's transcript, if the feed links one
    if transcript is None:
        audio = podnotes.fetch_audio(episode, "audio")
        transcript = podnotes.transcribe(audio, model=model, language=episode.language)
    podnotes.write_transcript(transcript, "transcript.vtt")

    findings = podnotes.find_passages(transcript, topics)
    for passage in findings.passages:
        print(f"  {passage.topic} {passage.score:.2f} at {passage.start:.0f} s: {passage.text[:60]}…")

    note = podnotes.compose_note(episode, findings, transcript, topics)
    Path("draft.md").write_text(podnotes.render(note), encoding="utf-8")
    print("The draft is in draft.md, the transcript in transcript.vtt.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except podnotes.PodnotesError as error:  # a one-sentence message for the user
        sys.exit(f"{error}")
