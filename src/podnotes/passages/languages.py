"""Which topics are in the language of a talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.text.languages import language_name, primary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic


def in_their_language(spoken: str | None, topics: Sequence[Topic]) -> tuple[list[Topic], str | None]:
    """Keep the topics whose language is spoken.

    Args:
        spoken: Language of the transcript, as `podnotes.text.languages.spoken_language` tells it.
        topics: Topics in any languages.

    Returns:
        The topics in the transcript's language, all where it can't be told; and a sentence for the user when some are
        not.
    """
    if spoken is None:
        return list(topics), None
    readable = [topic for topic in topics if primary(topic.language) == spoken]
    if len(readable) == len(topics):
        return readable, None
    talk = "another language than the topics" if spoken == "und" else language_name(spoken)
    wanted = language_name(next(topic.language for topic in topics if primary(topic.language) != spoken))
    missing = "only the topics in its language have passages" if readable else "there are no passages"
    where = "name a topics file in the talk's language"
    return readable, f"The talk is in {talk} and the topics are in {wanted}, so {missing}; {where}."
