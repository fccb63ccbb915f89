"""Judging quotations by what a reader marked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tools.quote_labels import judge, read_labels

if TYPE_CHECKING:
    from pathlib import Path

SPANS = [
    {"start": 10.0, "end": 20.0, "topic": "touch", "grade": 3},
    {"start": 40.0, "end": 50.0, "topic": "pain", "grade": 2},
]


@pytest.mark.parametrize(
    ("start", "end", "worth", "highlight"),
    [
        (10.0, 20.0, 1.0, True),
        (9.0, 24.0, 1.0, True),  # a little longer
        (40.0, 49.0, 1.0, False),  # a word or two are missing
        (40.0, 46.0, 0.5, False),  # a part is missing
        (45.0, 56.0, 0.5, False),
        (48.0, 60.0, 0.0, False),
        (25.0, 35.0, 0.0, False),
    ],
)
def test_worth(start: float, end: float, worth: float, highlight: bool) -> None:
    judgement = judge(start, end, SPANS)
    assert (judgement.worth, judgement.highlight) == (worth, highlight)


def test_labels_need_their_transcript(tmp_path: Path) -> None:
    (tmp_path / "a1.quotes.json").write_text(json.dumps({"spans": SPANS}), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"a1\.vtt"):
        read_labels(tmp_path)
    (tmp_path / "a1.vtt").write_text("WEBVTT\n", encoding="utf-8")
    (labels,) = read_labels(tmp_path)
    assert (labels.name, labels.spans, labels.key) == ("a1", SPANS, [])
