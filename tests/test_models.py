"""The data objects themselves."""

from __future__ import annotations

from podnotes.models import Topic, Transcript


def test_equal_objects_have_equal_hashes() -> None:
    one, two = (Topic("pain", "Pain", glossary={"nociceptor": "A nerve ending."}) for _ in range(2))
    assert {one, two} == {one}
    assert one != Topic("pain", "Pain", glossary={})
    assert len({Transcript((), 1.0, details={"engine": "x"}), Transcript((), 1.0, details={"engine": "x"})}) == 1
