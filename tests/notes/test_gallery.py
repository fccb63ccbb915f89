"""docs/gallery is what podnotes makes of the sample podcast now."""

from __future__ import annotations

import pytest
from tools.make_gallery import GALLERY, pages

MADE = pages()


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_gallery_is_current(name: str) -> None:
    file = GALLERY / name
    assert file.is_file(), "make it with: python -m tools.make_gallery"
    assert file.read_text(encoding="utf-8") == MADE[name], "make it again with: python -m tools.make_gallery"


def test_nothing_else_is_in_it() -> None:
    assert {file.name for file in GALLERY.iterdir()} == {*MADE, "README.md"}
