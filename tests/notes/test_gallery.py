"""docs/gallery is what podnotes makes of the sample podcast now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tools.make_gallery import GALLERY, pages

if TYPE_CHECKING:
    from playwright.sync_api import Page

MADE = pages()


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_gallery_is_current(name: str) -> None:
    file = GALLERY / name
    assert file.is_file(), "make it with: python -m tools.make_gallery"
    assert file.read_text(encoding="utf-8") == MADE[name], "make it again with: python -m tools.make_gallery"


def test_nothing_else_is_in_it() -> None:
    assert {file.name for file in GALLERY.iterdir()} == {*MADE, "README.md"}


@pytest.mark.browser
def test_the_sample_podcast_plays_on_its_review_page(page: Page) -> None:
    page.goto((GALLERY / "review.html").as_uri())
    card = page.locator(".card").first
    card.locator(".play").click()
    start, end = (float(card.get_attribute(f"data-{edge}") or "nan") for edge in ("start", "end"))
    for _ in range(100):
        now = float(page.evaluate("document.getElementById('audio').currentTime"))
        if now > start:
            break
        page.wait_for_timeout(30)
    assert start < now < start + 1.5
    page.evaluate(f"document.getElementById('audio').currentTime = {end - 0.7}")
    for _ in range(200):
        if page.evaluate("document.getElementById('audio').paused"):
            break
        page.wait_for_timeout(50)
    assert page.evaluate("document.getElementById('audio').paused")
    assert abs(float(page.evaluate("document.getElementById('audio').currentTime")) - end) < 0.2


def test_each_topic_that_the_sample_speaks_of_has_its_section() -> None:
    """The chapter on endorphins is short, and the other topics would take its sentences."""
    draft = (GALLERY / "blog.md").read_text(encoding="utf-8")
    assert [line for line in draft.splitlines() if line in {"## Pain", "## Endorphins", "## Touch"}] == [
        "## Pain",
        "## Endorphins",
        "## Touch",
    ]
    assert "also touches on endorphins" not in draft
