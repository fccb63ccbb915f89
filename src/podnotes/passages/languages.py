"""Select the topics that are in the language of a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.text.languages import language_name, primary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podnotes.models import Topic


def in_their_language(spoken: str | None, topics: Sequence[Topic]) -> tuple[list[Topic], str | None]:
    """Keep the topics in the language spoken.

    Args:
        spoken: Language of the transcript, from `podnotes.text.languages.spoken_language`.
        topics: Topics in any languages.

    Returns:
        The topics in the transcript's language, or all if it is unknown; and a notice for the user if any were left
        out.
    """
    if spoken is None:
        return list(topics), None
    readable = [topic for topic in topics if primary(topic.language) == spoken]
    if len(readable) == len(topics):
        return readable, None
    named = "a language other than that of the topics" if spoken == "und" else language_name(spoken)
    wanted = language_name(next(topic.language for topic in topics if primary(topic.language) != spoken))
    missing = "only topics in the episode's language have passages" if readable else "no passages were found"
    where = "use a topics file in the episode's language"
    return readable, f"The episode is in {named}, but topics are in {wanted}, so {missing}; {where}."
