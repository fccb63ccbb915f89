"""Two runs over the same feed at once share the work: no episode is done twice."""

from __future__ import annotations

import collections
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from podnotes import DraftOptions, Outcome, draft_notes
from podnotes.library import Library
from podnotes.pipeline.run import check_folder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.speech


def test_two_processes(sample_podcast: Path, speech_model: Path, tmp_path: Path) -> None:
    library = tmp_path / "library.sqlite3"
    command = [
        *(sys.executable, "-m", "podnotes", "draft", str(sample_podcast / "feed.xml"), "--episodes", "3", "--json"),
        *("--model", str(speech_model), "--out", str(tmp_path / "drafts"), "--library", str(library)),
    ]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outcomes: dict[str, list[str]] = collections.defaultdict(list)
    for run in runs:
        said, errors = run.communicate(timeout=300)
        assert run.returncode == 0, errors
        for line in said.splitlines():
            result = json.loads(line)
            outcomes[result["guid"]].append(result["outcome"])
    assert len(outcomes) == 3
    for guid, both in outcomes.items():
        assert len([outcome for outcome in both if outcome in {"drafted", "nothing"}]) == 1, (guid, both)
    assert len(list((tmp_path / "drafts").iterdir())) == 4
    with Library(library) as opened:
        assert opened.check().ok


def test_what_another_run_finished_meanwhile(sample_podcast: Path, speech_model: Path, tmp_path: Path) -> None:
    options = DraftOptions(model=str(speech_model), episodes=3)
    with Library(tmp_path / "library.sqlite3") as one, Library(tmp_path / "library.sqlite3") as other:
        slow = draft_notes(sample_podcast / "feed.xml", out=tmp_path / "drafts", library=one, options=options)
        assert next(slow).outcome is Outcome.NOTHING
        quick = draft_notes(sample_podcast / "feed.xml", out=tmp_path / "drafts", library=other, options=options)
        assert [result.outcome for result in quick] == [Outcome.KNOWN, Outcome.DRAFTED, Outcome.DRAFTED]
        assert [result.outcome for result in slow] == [Outcome.KNOWN, Outcome.KNOWN]


def test_many_runs_try_the_same_folder_at_once(tmp_path: Path) -> None:
    out = tmp_path / "new" / "drafts"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(check_folder, [out] * 400))
    assert list(out.iterdir()) == []
