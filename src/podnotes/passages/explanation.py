"""Explain to the user why a passage was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.passages.matching import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podnotes.passages.matching import Entry
    from podnotes.passages.scoring import Evidence

_SAYS = {
    Tier.CORE: "is the topic",
    Tier.STRONG: "closely tied to the topic",
    Tier.RELATED: "related",
}
# Contributions smaller than these are not reported.
_LITTLE = 0.3
_LITTLE_SHARE = 0.07


def reasons(evidence: Evidence, counts: Mapping[Entry, int]) -> tuple[str, ...]:
    """List the reasons for a passage's score, strongest first.

    Args:
        evidence: The passage's evidence.
        counts: The topic's phrases in the passage and how often each occurs.
    """
    told = []
    for tier, says in _SAYS.items():
        phrases = sorted((entry for entry in counts if entry.tier is tier), key=lambda entry: (-counts[entry], entry))
        if phrases:
            named = ", ".join(
                entry.phrase if counts[entry] == 1 else f"{entry.phrase} ×{counts[entry]}" for entry in phrases
            )
            told.append(f"{says}: {named}")
    told.append(f"score from these words: {evidence.own:.1f}")
    if evidence.around >= _LITTLE:
        told.append(f"the topic comes up just before or after: +{evidence.around:.1f}")
    if abs(evidence.alike) >= _LITTLE:
        like = "like" if evidence.alike > 0 else "unlike"
        told.append(f"{like} the rest of the episode on this topic: {evidence.alike:+.1f}")
    if evidence.substance <= 1 - _LITTLE_SHARE:
        told.append(f"partly about the speaker or the show: −{1 - evidence.substance:.0%}")
    return tuple(told)
