"""Why a passage was chosen, in words she can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podnotes.passages.matching import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podnotes.passages.matching import Entry
    from podnotes.passages.scoring import Evidence

_SAYS = {
    Tier.CORE: "is the topic",
    Tier.STRONG: "nearly always goes with it",
    Tier.RELATED: "counts beside others",
}
# What adds or takes away less than this is not worth telling.
_LITTLE = 0.3
_LITTLE_SHARE = 0.07


def reasons(evidence: Evidence, counts: Mapping[Entry, int]) -> tuple[str, ...]:
    """Tell what made a passage's score, the most telling first.

    Args:
        evidence: What speaks for the passage.
        counts: The topic's phrases in it and how often each occurs.
    """
    told = []
    for tier, says in _SAYS.items():
        phrases = sorted((entry for entry in counts if entry.tier is tier), key=lambda entry: (-counts[entry], entry))
        if phrases:
            named = ", ".join(
                entry.phrase if counts[entry] == 1 else f"{entry.phrase} ×{counts[entry]}" for entry in phrases
            )
            told.append(f"{says}: {named}")
    told.append(f"its words together: {evidence.own:.1f}")
    if evidence.around >= _LITTLE:
        told.append(f"the minutes around speak of the topic: +{evidence.around:.1f}")
    if abs(evidence.alike) >= _LITTLE:
        like = "like" if evidence.alike > 0 else "unlike"
        told.append(f"{like} what the episode says elsewhere on the topic: {evidence.alike:+.1f}")
    if evidence.substance <= 1 - _LITTLE_SHARE:
        told.append(f"much on the speaker or the programme: −{1 - evidence.substance:.0%}")
    return tuple(told)
