"""The review page in a real Chromium: hearing, picking, copying, keeping; by keyboard, on a phone, in the dark."""

from __future__ import annotations

import json
import re
import struct
import wave
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from markdown_it import MarkdownIt

from podnotes.notes.compose import compose_note
from podnotes.notes.review import ReviewOptions, review_page, show_notes
from tests.notes import material

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NOTE = compose_note(
    material.episode(), material.findings(), material.transcript(), material.TOPICS, options=material.OPTIONS
)


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three minutes of silence."""
    file = tmp_path_factory.mktemp("audio") / "an episode's sound.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * 180)
    return file


@pytest.fixture(scope="module")
def file(audio: Path) -> Path:
    """The review page of the made-up episode."""
    text = review_page(
        material.episode(),
        material.transcript(),
        material.findings(),
        NOTE,
        topics=material.TOPICS,
        options=ReviewOptions(audio=audio, clip="my episode.mp3"),
    )
    path = audio.parent / "review.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(page: Page, file: Path) -> Page:
    page.goto(file.as_uri())
    wait(page, "document.getElementById('audio').readyState >= 1")
    return page


def wait(page: Page, condition: str) -> None:
    """Wait until something holds; the page's policy forbids Playwright's own way, which evaluates inside the page."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {condition}")


def card(page: Page, topic: str) -> Any:
    return page.locator(f".card[aria-label^='{topic}']").first


def bounds(shown: Any) -> tuple[float, float]:
    """Start and end in seconds of what a card plays."""
    start, end = (float(shown.get_attribute(f"data-{edge}")) for edge in ("start", "end"))
    return start, end


def current(page: Page) -> float:
    return float(page.evaluate("document.getElementById('audio').currentTime"))


def test_play_plays_exactly_the_passage(opened: Page) -> None:
    start, end = bounds(card(opened, "Touch"))
    card(opened, "Touch").locator(".play").click()
    wait(opened, "!document.getElementById('audio').paused")
    opened.wait_for_timeout(300)
    assert start - 0.05 <= current(opened) <= start + 1.5
    # Near its end, as that is where it stops by itself.
    opened.evaluate(f"document.getElementById('audio').currentTime = {end - 0.8}")
    wait(opened, "document.getElementById('audio').paused")
    assert abs(current(opened) - end) < 0.15
    assert card(opened, "Touch").get_attribute("class") == "card"


def test_play_again_pauses(opened: Page) -> None:
    button = card(opened, "Pain").locator(".play")
    button.click()
    wait(opened, "!document.getElementById('audio').paused")
    button.click()
    wait(opened, "document.getElementById('audio').paused")
    assert opened.locator(".card.playing").count() == 0


def test_a_click_in_the_picture_plays_from_there(opened: Page) -> None:
    box = opened.locator(".lanes").bounding_box()
    assert box is not None
    opened.mouse.click(box["x"] + box["width"] / 2, box["y"] + 5)
    wait(opened, "!document.getElementById('audio').paused")
    seconds = material.findings().duration
    assert abs(current(opened) - seconds / 2) < 1.5


def test_the_picture_has_a_mark_for_each_passage_and_greys_what_is_skipped(opened: Page) -> None:
    assert opened.locator(".lane").count() == 3
    # The passage of doubted words can't be quoted, but the picture shows where the search found it.
    assert opened.locator(".lane rect").count() == 4
    assert opened.locator(".lanes .skipped").count() == 1
    assert opened.locator(".card:visible").count() == 3


def test_picks_change_the_draft(opened: Page) -> None:
    preview = opened.locator("#preview")
    assert "Slow touch at skin temperature" not in preview.inner_text()
    card(opened, "Touch").get_by_role("checkbox").check()
    assert "Slow touch at skin temperature" in preview.inner_text()
    card(opened, "Touch").get_by_label("Your words on this").fill("I see it\nevery day.")
    assert "every day." in preview.inner_text()
    assert "1 quote, " in opened.locator("#budget").inner_text()
    card(opened, "Touch").get_by_role("checkbox").uncheck()
    assert "Slow touch at skin temperature" not in preview.inner_text()


def test_suggested_quotes_are_those_of_the_draft(opened: Page) -> None:
    opened.locator("#suggest").click()
    text = " ".join(opened.locator("#preview").inner_text().split())
    quotes = [quote for section in NOTE.sections for quote in section.quotes]
    assert len(quotes) > len({quote.passage.topic for quote in quotes})
    assert [quote.passage.text for quote in quotes if quote.passage.text not in text] == []
    assert opened.locator(".card:visible").count() == len(quotes)
    opened.reload()
    assert opened.locator(".card.picked:visible").count() == len(quotes)
    opened.locator("#clear").click()
    assert opened.locator(".card.picked").count() == 0


def test_bounds_move_by_whole_sentences_and_stop_at_what_is_left_out(opened: Page) -> None:
    pain = card(opened, "Pain")
    pain.get_by_role("checkbox").check()
    pain.get_by_label("End a sentence later").click()  # so that it has at least two sentences
    before = pain.locator(".chosen").inner_text()
    pain.get_by_label("Begin a sentence later").click()
    after = pain.locator(".chosen").inner_text()
    assert before.endswith(after)
    assert after not in {"", before}
    pain.get_by_label("Begin a sentence earlier").click()
    assert pain.locator(".chosen").inner_text() == before
    # The sponsor read before it can't be drawn in.
    for _ in range(10):
        if pain.get_by_label("Begin a sentence earlier").is_disabled():
            break
        pain.get_by_label("Begin a sentence earlier").click()
    assert pain.get_by_label("Begin a sentence earlier").is_disabled()
    assert "mattress" not in pain.locator(".chosen").inner_text()


def test_words_around_are_shown_on_demand(opened: Page) -> None:
    touch = card(opened, "Touch")
    assert "company helps against pain" not in touch.inner_text()
    touch.get_by_role("button", name="Show context").click()
    assert "company helps against pain" in touch.inner_text()
    assert "rate the show" in touch.inner_text()


def test_reload_keeps_picks_remarks_and_title(opened: Page) -> None:
    card(opened, "Touch").get_by_role("checkbox").check()
    card(opened, "Touch").get_by_label("Begin a sentence later").click()
    card(opened, "Touch").get_by_label("Your words on this").fill("Mine & <b>only</b> mine")
    opened.locator("#title").fill("What slow touch does")
    chosen = card(opened, "Touch").locator(".chosen").inner_text()
    draft = opened.locator("#preview").inner_text()
    opened.reload()
    assert card(opened, "Touch").get_by_role("checkbox").is_checked()
    assert card(opened, "Touch").locator(".chosen").inner_text() == chosen
    assert opened.locator("#preview").inner_text() == draft
    assert "Mine & <b>only</b> mine" in draft
    assert opened.locator("#title").input_value() == "What slow touch does"


def test_copy_gives_formatted_text_and_markdown(opened: Page) -> None:
    card(opened, "Touch").get_by_role("checkbox").check()
    opened.locator("#copy-rich").click()
    wait(opened, "document.getElementById('status').textContent.startsWith('Copied')")
    read = """async () => {
        const [item] = await navigator.clipboard.read();
        const text = async (type) => (await item.getType(type)).text();
        return { html: await text('text/html'), text: await text('text/plain') };
    }"""
    copied = opened.evaluate(read)
    assert "<blockquote><p>“Slow touch at skin temperature" in copied["html"]
    assert "<h2>Touch</h2>" in copied["html"]
    assert "class=" not in copied["html"]
    assert "https://cdn.example.org/e1.mp3?a=1&amp;b=2#t=128" in copied["html"]
    opened.locator("#copy-markdown").click()
    wait(opened, "document.getElementById('status').textContent === 'Copied as Markdown.'")
    text = opened.evaluate("navigator.clipboard.readText()")
    assert "> Slow touch at skin temperature" in text
    assert "[2:08](https://cdn.example.org/e1.mp3?a=1&b=2#t=128)" in text
    assert "Brandt, A. (Host). (2026, March 9)." in text


def test_save_gives_a_file(opened: Page, tmp_path: Path) -> None:
    card(opened, "Endorphins").get_by_role("checkbox").check()
    with opened.expect_download() as download:
        opened.locator("#save").click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"[a-z-]+-notes-from-a-talk-with-[a-z-]+\.md", name)
    download.value.save_as(tmp_path / "draft.md")
    text = (tmp_path / "draft.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {NOTE.title}")
    assert text.count("- [ ] ") >= 2


def test_the_picture_is_saved_as_png_with_words_for_those_who_do_not_see_it(opened: Page, tmp_path: Path) -> None:
    with opened.expect_download() as download:
        opened.locator("#picture").click()
    assert download.value.suggested_filename.endswith("-topics.png")
    download.value.save_as(tmp_path / "topics.png")
    png = (tmp_path / "topics.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert width == 1440
    assert 200 < height < width
    wait(opened, "document.getElementById('status').textContent.includes('alternative text')")
    assert opened.evaluate("navigator.clipboard.readText()").startswith("Timeline of an episode of 2:46: pain")


def test_the_clip_command_can_be_copied(opened: Page) -> None:
    card(opened, "Touch").get_by_role("button", name="Copy the command for an audio clip").click()
    wait(opened, "document.getElementById('status').textContent.includes('terminal')")
    command = opened.evaluate("navigator.clipboard.readText()")
    start, end = bounds(card(opened, "Touch"))
    assert command == f"podnotes clip 'my episode.mp3' {start:.2f} {end:.2f}"


def test_everything_by_keyboard(opened: Page) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.locator("#map").focus()
    opened.keyboard.press("PageUp")
    opened.keyboard.press("ArrowRight")
    assert abs(current(opened) - 65) < 0.1
    assert opened.locator("#map").get_attribute("aria-valuetext") == "1:05 of 2:46"
    opened.keyboard.press("Home")
    assert current(opened) == 0
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "tab-passages"
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "play"
    opened.keyboard.press("Enter")
    wait(opened, "!document.getElementById('audio').paused")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Space")
    assert opened.locator("#picked").inner_text() == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 820, 1400])
def test_axe_finds_nothing_and_nothing_overflows(browser: Browser, file: Path, scheme: Any, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(file.as_uri())
    page.locator("#suggest").click()
    page.get_by_role("button", name="Show context").first.click()
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert found.response["violations"] == [], found.generate_report()
    assert wide <= 0


def test_nothing_is_loaded_from_elsewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert [source for source in sources if not source.startswith(("#", "file:"))] == []


def test_attacks_are_text(page: Page, tmp_path: Path) -> None:
    note = compose_note(
        material.hostile_episode(),
        material.hostile_findings(),
        material.hostile_transcript(),
        material.TOPICS,
        options=material.OPTIONS,
    )
    text = review_page(
        material.hostile_episode(),
        material.hostile_transcript(),
        material.hostile_findings(),
        note,
        topics=material.TOPICS,
    )
    # Without the page's own policy, so that escaping alone has to hold.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    file = tmp_path / "hostile.html"
    file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri())
    assert page.locator("script").count() == 2
    page.locator("#suggest").click()
    page.get_by_role("button", name="Show context").first.click()
    page.get_by_label("Your words on this").first.fill("<img src=x onerror=alert(11)> [y](javascript:z)")
    assert page.locator("img, audio, .preview script, .preview b").count() == 0
    links = page.evaluate("[...document.links].map(link => link.href).filter(href => !href.startsWith('file:'))")
    assert links
    assert all(link.startswith("https://example.org/") for link in links)
    with page.expect_download() as download:
        page.locator("#save").click()
    download.value.save_as(tmp_path / "draft.md")
    tokens = MarkdownIt("commonmark", {"html": True}).parse((tmp_path / "draft.md").read_text(encoding="utf-8"))
    inline = [child for token in tokens for child in [token, *(token.children or [])]]
    assert not [t for t in inline if t.type in {"html_block", "html_inline", "image", "code_inline", "fence"}]
    hrefs = [str(t.attrs["href"]) for t in inline if t.type == "link_open"]
    assert all(href.startswith("https://example.org/") for href in hrefs)


def test_show_notes_are_sanitised() -> None:
    cleaned = str(show_notes(material.hostile_episode()))
    assert cleaned == "<p>Notes </p>"


def test_the_pages_own_policy_lets_its_script_run_and_no_other(page: Page, file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("</body>", "<script>window.intruder = 1</script></body>")
    copy = tmp_path / "copy.html"
    copy.write_text(text, encoding="utf-8")
    page.goto(copy.as_uri())
    assert page.evaluate("typeof window.intruder") == "undefined"
    assert page.locator("#preview h2").count() == 1


def test_data_of_the_page_is_the_transcripts(file: Path) -> None:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', file.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    data = json.loads(found.group(1))
    whole = material.transcript().text
    assert data["sentences"]
    assert all(sentence["text"] in whole for sentence in data["sentences"])
