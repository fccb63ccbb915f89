"""The documentation as a site: it builds without a warning, has everything in it, and asks nobody else for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import podnotes
from podnotes.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return folder


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "api.html").read_text(encoding="utf-8")
    described = set(re.findall(r'id="podnotes\.(\w+)"', page))
    assert described == set(podnotes.__all__)
    assert not re.search(r":(?:class|func|meth|attr|mod|data):", page)


def test_every_command_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "command.html").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f">podnotes {name}" in page or f">{name}<" in page, name
    assert "--episodes" in page


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(https?:)?//|<link\b(?![^>]*rel="canonical")[^>]*href="https?://'
    )
    pages = [page for page in site.rglob("*.html") if page.parent.name != "gallery" or page.name == "index.html"]
    assert len(pages) > 15
    for page in pages:
        assert not loads.search(page.read_text(encoding="utf-8")), page.name
