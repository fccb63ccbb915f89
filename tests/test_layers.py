"""Packages import downwards only, lazy imports inside functions included."""

from __future__ import annotations

import ast
from pathlib import Path

import podnotes

#: Each line may import from the lines above it, and not from its own.
LAYERS = """
    audio_types errors interruption sounds timestamps
    charsets checks files urls
    models
    http text transcript_types
    feeds topics
    audio transcripts
    ads asr diarization quotability
    corrections passages
    notes
    library
    pipeline
    cli
"""
LEVELS = {name: level for level, line in enumerate(LAYERS.strip().splitlines()) for name in line.split()}
ROOT = Path(podnotes.__file__).parent


def imported(file: Path) -> set[str]:
    """Which packages and modules right below ``podnotes`` a file imports from."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("podnotes.")} & {*LEVELS}


def test_imports_run_downwards() -> None:
    homes = {file: file.relative_to(ROOT).with_suffix("").parts[0] for file in ROOT.rglob("*.py")}
    assert {*homes.values()} - {"__init__", "__main__"} == {*LEVELS}
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file, home in homes.items()
        if home in LEVELS
        for name in imported(file) - {home}
        if LEVELS[name] >= LEVELS[home]
    ]
    assert not wrong


def test_a_name_stands_for_one_subject() -> None:
    """Modules of the command are named after commands, and the library's after what they keep."""
    paths = [file.relative_to(ROOT).with_suffix("").parts for file in ROOT.rglob("*.py")]
    names = [parts[-2:][0] if parts[-1] == "__init__" else parts[-1] for parts in paths if parts[0] != "cli"]
    assert {name for name in names if names.count(name) > 1} <= {"corrections", "transcripts"}
