"""The served review page in a real Chromium: any sentence quoted, kept in the library, by several pages at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from podnotes import ReviewServer
from podnotes.library.voiceprints import EpisodeVoice
from podnotes.models import Enclosure, Pick, Review, Word
from podnotes.notes.compose import compose_note
from tests.notes import material

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from podnotes.library import Library

from tests.review.conftest import OPTIONS


def misheard(library: Library, number: int, **words: str) -> None:
    """Save the transcript with the times of words; those named are heard otherwise, and are doubtful."""
    segments = []
    for segment in material.transcript().segments:
        tokens = [words.get(token.strip(",.;"), token) for token in segment.text.split()]
        step = (segment.end - segment.start) / len(tokens)
        times = [segment.start + place * step for place in range(len(tokens) + 1)]
        timed = tuple(
            Word(start, end, text, 0.2 if token in words.values() else 0.9)
            for token, start, end in zip(tokens, times, times[1:], strict=False)
            for text in token.split()
        )
        segments.append(replace(segment, text=" ".join(tokens), words=timed))
    library.save_transcript(number, replace(material.transcript(), segments=tuple(segments)))


def load(context: BrowserContext, server: ReviewServer) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(server.url)
    page.locator(".s").nth(10).wait_for(state="attached")
    page.wait_for_timeout(200)  # what is kept comes in
    return page


def wait(page: Page, condition: str) -> None:
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {condition}")


def kept(page: Page, library: Library, number: int) -> Review:
    """What is in the library once the page has nothing left to save."""
    wait(page, "document.getElementById('kept').textContent.startsWith('All changes')")
    return library.review(number)


def click_first_word(page: Page, text: str) -> None:
    sentence(page, text).evaluate("each => each.scrollIntoView({ block: 'center', behavior: 'instant' })")
    place = "each => { const box = each.getClientRects()[0]; return [box.left + 4, box.top + box.height / 2]; }"
    page.mouse.click(*sentence(page, text).evaluate(place))


def sentence(page: Page, text: str) -> Any:
    return page.locator(".s", has_text=text).first


@pytest.mark.browser
def test_any_sentence_is_quoted_and_comes_back(
    context: BrowserContext, server: ReviewServer, library: Library, number: int
) -> None:
    page = load(context, server)
    page.locator("#tab-whole").click()
    sentence(page, "Our guest today").click()
    page.locator("#choice-topic").select_option("touch")
    page.locator("#quote").click()
    assert "Our guest today is Dr. Noor Haddad" in page.locator("#preview").inner_text()
    page.get_by_label("✎ Your words").first.fill('My <b>opening</b> & "so".')
    segment = material.transcript().segments[1]
    review = kept(page, library, number)
    assert [(pick.topic, pick.start, pick.end) for pick in review.picks] == [("touch", segment.start, segment.end)]
    assert review.words == (("opening", 'My <b>opening</b> & "so".'),)
    page.locator("#tab-passages").click()
    page.locator("#own").get_by_label("Your words on this").fill("What I see.")
    assert kept(page, library, number).picks[0].remark == "What I see."
    page.close()
    page = load(context, server)
    assert page.get_by_label("✎ Your words").first.input_value() == 'My <b>opening</b> & "so".'
    assert "What I see." in page.locator("#preview").inner_text()
    assert page.locator("#own .card.picked").count() == 1
    page.locator("#own .pick input").click()
    assert kept(page, library, number).picks == ()
    assert page.locator("#own .card").count() == 0


@pytest.mark.browser
def test_audio_that_lies_beside_a_feed_of_files_is_played(
    context: BrowserContext, library: Library, number: int, tmp_path: Path
) -> None:
    beside = library.audio(number)
    episode = replace(material.episode(), guid="beside", audio=Enclosure(url=str(beside), type="audio/wav"))
    other = library.remember_episode(episode)
    library.save_transcript(other, material.transcript())
    with ReviewServer(library, other, material.TOPICS, out=tmp_path / "drafts", options=OPTIONS) as server:
        page = load(context, server)
        wait(page, "document.getElementById('audio').readyState >= 1")
        assert page.evaluate("document.getElementById('audio').duration") == 180


@pytest.mark.browser
def test_several_sentences_by_keyboard_and_by_dragging(
    context: BrowserContext, server: ReviewServer, library: Library, number: int
) -> None:
    page = load(context, server)
    page.locator("#tab-passages").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tab-whole").get_attribute("aria-selected") == "true"
    page.locator(".s[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait(page, "document.getElementById('audio').readyState >= 1")
    page.keyboard.press("Space")
    wait(page, "!document.getElementById('audio').paused")
    # The third of ten words of a sentence of 6 seconds from 10.8.
    assert 11.5 < page.evaluate("document.getElementById('audio').currentTime") < 14.5
    page.keyboard.press("Enter")
    segments = material.transcript().segments
    (pick,) = kept(page, library, number).picks
    assert (pick.start, pick.end) == (segments[1].start, round(segments[2].end, 2))
    assert "podnotes would leave it out" in page.locator("#choice-size").inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("#spoken").text_content() == segments[3].text
    page.keyboard.press("ArrowRight")
    assert page.locator("#spoken").text_content() == segments[3].text.split()[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert page.locator("#quote").inner_text() == "Quote this instead"
    page.keyboard.press("Enter")
    (pick,) = kept(page, library, number).picks
    assert (pick.start, pick.end) == (segments[2].start, round(segments[3].end, 2))
    page.keyboard.press("Escape")
    assert page.locator("#choice").is_hidden()
    sentence(page, "Slow touch at").evaluate("each => each.scrollIntoView({ block: 'center', behavior: 'instant' })")
    corner = "each => { const box = each.getClientRects()[0]; return [box.right - 4, box.top + box.height / 2]; }"
    page.mouse.move(*sentence(page, "Slow touch at").evaluate(corner))
    page.mouse.down()
    page.mouse.move(*sentence(page, "Massage lowers").evaluate(corner), steps=4)
    page.mouse.up()
    assert page.locator(".s.chosen").count() == 2


@pytest.mark.browser
def test_two_pages_at_once_keep_both_choices(
    context: BrowserContext, server: ReviewServer, library: Library, number: int
) -> None:
    one, other = load(context, server), load(context, server)
    one.locator(".card[aria-label^='Touch'] .pick input").first.check()
    other.locator(".card[aria-label^='Pain'] .pick input").first.check()
    other.locator("#title").fill("One title")
    kept(other, library, number)
    assert {pick.topic for pick in kept(one, library, number).picks} == {"pain", "touch"}
    for page in (one, other):
        wait(page, "document.getElementById('picked').textContent === '2'")
    wait(one, "document.getElementById('title').value === 'One title'")
    one.locator("#clear").click()
    wait(other, "document.getElementById('picked').textContent === '0'")
    assert library.review(number).picks == ()


@pytest.mark.browser
def test_quotes_are_put_in_order(context: BrowserContext, server: ReviewServer, library: Library, number: int) -> None:
    page = load(context, server)
    page.locator("#tab-whole").click()
    for text in ("Endorphins are painkillers", "Laughter releases", "Enkephalins inhibit"):
        sentence(page, text).click()
        page.locator("#choice-topic").select_option("endorphins")
        page.locator("#quote").click()
    page.locator("#unchoose").click()
    before = [pick.start for pick in kept(page, library, number).picks]
    page.get_by_role("button", name=re.compile(r"^Move .* down$")).first.click()
    after = [pick.start for pick in kept(page, library, number).picks]
    assert after == [before[1], before[0], before[2]]
    page.reload()
    wait(page, "document.getElementById('picked').textContent === '3'")
    shown = page.locator("#preview blockquote").all_inner_texts()
    assert [text[1:9] for text in shown] == ["Laughter", "Endorphi", "Enkephal"]


@pytest.mark.browser
def test_the_draft_is_saved_as_draft_does(
    context: BrowserContext, server: ReviewServer, library: Library, number: int, tmp_path: Path
) -> None:
    page = load(context, server)
    page.locator(".card[aria-label^='Touch'] .pick input").first.check()
    page.locator("#write").click()
    wait(page, "document.getElementById('status').textContent.startsWith('Saved as')")
    (draft,) = (tmp_path / "drafts").glob("*.md")
    assert library.episode_of_draft(draft) == number
    note = compose_note(
        material.episode(), material.findings(), material.transcript(), material.TOPICS,
        options=material.OPTIONS, review=library.review(number),
    )  # fmt: skip
    quotes = re.findall(r"^> (?!—)(.+)$", draft.read_text(encoding="utf-8"), re.MULTILINE)
    assert quotes == [quote.passage.text for section in note.sections for quote in section.quotes]
    draft.write_text("Mine now.", encoding="utf-8")
    page.locator("#title").fill("Another title")
    page.locator("#write").click()
    wait(page, "document.getElementById('status').textContent.includes('was left alone')")
    assert draft.read_text(encoding="utf-8") == "Mine now."
    assert "# Another title" in draft.with_name(f"{draft.stem} (new).md").read_text(encoding="utf-8")


@pytest.mark.browser
def test_a_speaker_is_renamed_in_place(
    context: BrowserContext, server: ReviewServer, library: Library, number: int
) -> None:
    numpy = pytest.importorskip("numpy")
    vector = numpy.eye(1, 256, dtype=numpy.float32)[0]
    library.save_voices(number, [EpisodeVoice(0, "Noor Haddad", "A guess.", 5.0, vector, 0, 1)], encoder="campplus")
    page, other = load(context, server), load(context, server)
    page.locator("#tab-whole").click()
    page.get_by_role("button", name="Rename Noor Haddad").click()
    page.get_by_label("Name", exact=True).fill("  Nour <b>Hadad</b> ")
    page.keyboard.press("Enter")
    wait(page, "document.getElementById('status').textContent.startsWith('Renamed')")
    assert "Nour <b>Hadad</b>" in page.locator("#transcript").inner_text()
    wait(other, "document.getElementById('transcript').textContent.includes('Nour <b>Hadad</b>')")
    transcript = library.transcript(number)
    assert transcript is not None
    assert {segment.speaker for segment in transcript.segments} == {"Ada Brandt", "Nour <b>Hadad</b>", None}
    page.reload()
    page.locator("#tab-passages").click()
    assert "Nour <b>Hadad</b>" in page.locator("#passages").inner_text()


@pytest.mark.browser
def test_a_word_is_corrected_where_it_stands(
    context: BrowserContext, library: Library, number: int, tmp_path: Path
) -> None:
    misheard(library, number, opioid="opeeoid", Laughter="Lafter <i>", thick="thicc")
    with ReviewServer(library, number, material.TOPICS, out=tmp_path / "drafts", options=OPTIONS) as server:
        page, other = load(context, server), load(context, server)
        page.locator("#tab-whole").click()
        sentence(page, "Endorphins are painkillers").click()
        page.locator("#quote").click()
        kept(page, library, number)
        sentence(page, "Endorphins are painkillers").focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowDown")
        for _ in range(12):
            page.keyboard.press("ArrowRight")
        assert page.locator("#mend").inner_text() == "Correct “opeeoid”"
        page.keyboard.press("Shift+ArrowRight")
        assert page.locator("#mend").inner_text() == "Correct “opeeoid receptor”"
        page.keyboard.press("c")
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.response["violations"] == [], found.generate_report()
        assert page.get_by_label("Heard as").input_value() == "opeeoid receptor"
        page.get_by_label("Heard as").fill("opeeid")
        page.get_by_label("What was said", exact=True).fill("opioid")
        page.keyboard.press("Enter")
        wait(page, "document.getElementById('mending-status').textContent.includes('does not occur in the episode')")
        page.get_by_label("Heard as").fill("opeeoid")
        page.keyboard.press("Enter")
        wait(page, "document.getElementById('status').textContent.startsWith('Corrected, at 2 places')")
        assert page.evaluate("document.activeElement.textContent").startswith("Endorphins are painkillers")
        for shown in (page, other):
            wait(shown, "!document.getElementById('transcript').textContent.includes('opeeoid')")
        assert "opioid receptor" in page.locator("#preview blockquote").inner_text()
        assert "opioid receptor" in other.locator("#preview blockquote").inner_text()
        transcript = library.transcript(number)
        assert transcript is not None
        assert "opeeoid" not in transcript.text
        # Only one word with a mark that a page could take for its own; then as it was.
        click_first_word(page, "Lafter")
        page.locator("#mend").click()
        page.get_by_label("What was said", exact=True).fill("Laughter & <b>glee</b>")
        page.get_by_label("Correct it").select_option("here")
        page.keyboard.press("Tab")
        page.locator("#mending-save").click()
        wait(page, "document.getElementById('transcript').textContent.includes('Laughter & <b>glee</b>')")
        assert page.locator("#transcript b, #transcript i").count() == 0
        click_first_word(page, "Laughter &")
        page.locator("#mend").click()
        assert "It was heard as “Lafter”" in page.locator("#mending-note").inner_text()
        page.get_by_label("Correct it").select_option("here")
        page.locator("#mending-undo").click()
        wait(page, "document.getElementById('transcript').textContent.includes('Lafter <i>')")
        # What is corrected by another podnotes comes in too; loaded again, the page stands where it stood.
        library.correct("thicc", "thick. So", episode_id=number)
        page.locator(".s", has_text="which block pain signals").first.wait_for()
        wait(page, "document.getElementById('tab-whole').getAttribute('aria-selected') === 'true'")
        wait(page, "document.querySelectorAll('.s.chosen').length === 1")
        assert "Lafter" in page.locator(".s.chosen").inner_text()
        assert len(library.review(number).picks) == 1
        assert page.locator("#picked").inner_text() == "1"


@pytest.mark.browser
def test_the_doubtful_words_of_the_quotes_are_checked_by_keyboard(
    context: BrowserContext, library: Library, number: int, tmp_path: Path
) -> None:
    misheard(library, number, opioid="opeeoid", itself="itsself", choir="quire", singing="sinking")
    with ReviewServer(library, number, material.TOPICS, out=tmp_path / "drafts", options=OPTIONS) as server:
        page = load(context, server)
        assert page.locator("#proof").is_hidden()
        page.locator("#tab-whole").click()
        for text in ("Endorphins are painkillers", "releases endorphins"):
            sentence(page, text).click()
            page.locator("#choice-topic").select_option("endorphins")
            page.locator("#quote").click()
        page.locator("#unchoose").click()
        assert page.locator("#proof").inner_text() == "Check 4 doubtful words"
        page.locator("#proof").focus()
        page.keyboard.press("Enter")
        wait(page, "!document.getElementById('audio').paused")
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.response["violations"] == [], found.generate_report()
        assert page.locator("#proofing mark").inner_text() == "itsself"
        spoken = next(
            word
            for segment in library.transcript(number, as_heard=True).segments  # type: ignore[union-attr]
            for word in segment.words
            if word.text == "itsself"
        )
        wait(page, "document.getElementById('audio').paused")
        heard_to = page.evaluate("document.getElementById('audio').currentTime")
        assert spoken.end + 0.9 < heard_to < spoken.end + 4, "a second after the word it stops; late on a busy machine"
        page.keyboard.press("Space")
        wait(page, "!document.getElementById('audio').paused")
        page.keyboard.type("itself")
        page.keyboard.press("Enter")
        assert page.locator("#proofing mark").inner_text() == "opeeoid"
        page.keyboard.press("ArrowDown")  # later
        assert page.locator("#proofing mark").inner_text() == "sinking"
        page.keyboard.press("Enter")  # right, by mistake
        assert page.locator("#proofing mark").inner_text() == "quire"
        page.keyboard.press("ArrowUp")
        assert page.locator("#proofing mark").inner_text() == "sinking"
        page.keyboard.type("singing")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        assert page.locator("#proofing").is_hidden()
        assert page.locator("#status").inner_text() == "The others are left for later."
        wait(page, "document.getElementById('proof').textContent === 'Check 1 doubtful word'")
        page.locator("#proof").click()
        page.keyboard.type("opioid")
        page.get_by_label("and so at the other place where it is heard").check()
        page.locator("#proofing-keep").click()
        assert page.locator("#status").inner_text() == "Your quotes have no more doubtful words."
        wait(page, "document.getElementById('proof').hidden")
        transcript = library.transcript(number)
        assert transcript is not None
        text = transcript.text
        assert ("that the body makes itself they" in text, "so does singing in a quire" in text) == (True, True)
        assert "opeeoid" not in text
        assert "singing" in page.locator("#preview").inner_text()


@pytest.mark.browser
def test_find_goes_through_the_places(context: BrowserContext, server: ReviewServer) -> None:
    page = load(context, server)
    page.locator("#tab-whole").click()
    page.locator("#find").fill("SPINAL cord")
    times = material.transcript().text.lower().count("spinal cord")
    assert page.locator("#found").inner_text() == f"{times} places"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator("#found").inner_text() == f"2 of {times}"
    assert page.evaluate("CSS.highlights.get('found').size") == times


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_axe_finds_nothing_in_the_whole_transcript(
    browser: Browser, server: ReviewServer, scheme: Any, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = load(context, server)
    page.locator("#suggest").click()
    page.locator("#tab-whole").click()
    sentence(page, "Gate control").click()
    page.locator("#find").fill("pain")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.get_by_role("button", name=re.compile("^Rename")).first.click()
    dialog = Axe().run(page, options={"resultTypes": ["violations"]})
    context.close()
    assert found.response["violations"] == [], found.generate_report()
    assert dialog.response["violations"] == [], dialog.generate_report()
    assert wide <= 0


@pytest.mark.browser
def test_hostile_words_stay_words_among_200_episodes(context: BrowserContext, library: Library, tmp_path: Path) -> None:
    for place in range(200):
        library.remember_episode(
            type(material.episode())(f"g{place}", f"Episode {place} {material.HOSTILE}", feed_url="https://x.example/")
        )
    number = library.remember_episode(material.hostile_episode())
    library.save_transcript(number, material.hostile_transcript())
    library.change_review(number, picks=[Pick("</script>", "<b>", 5.0, 9.0, 1.0, material.HOSTILE)],
                          words={"opening": "<img src=x onerror=alert(1)>", "practice:<b>": "x"})  # fmt: skip
    with ReviewServer(library, number, material.TOPICS, out=tmp_path / "drafts", options=OPTIONS) as server:
        page = load(context, server)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.locator("#tab-whole").click()
        page.locator(".s").nth(7).click()
        page.locator("#quote").click()
        page.locator("#find").fill("<script>")
        wait(page, "document.getElementById('picked').textContent === '2'")
        assert page.locator("script").count() == 2
        assert page.locator("img, #preview b, #transcript b").count() == 0
        page.locator("#write").click()
        wait(page, "document.getElementById('status').textContent.startsWith('Saved as')")
    (html,) = (tmp_path / "drafts").glob("*.html")
    assert "<img" not in html.read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_server_ends_with_the_page_and_the_page_says_when_it_ended(
    context: BrowserContext, library: Library, number: int, tmp_path: Path
) -> None:
    with ReviewServer(library, number, material.TOPICS, out=tmp_path / "drafts", options=OPTIONS) as server:
        page = load(context, server)
        page.reload()
        page.wait_for_timeout(300)
        page.locator(".card[aria-label^='Touch'] .pick input").first.check()
        page.close()  # at once: what was changed last is still sent
        server.wait()
        assert [pick.topic for pick in library.review(number).picks] == ["touch"]
        page = load(context, server)
    page.locator(".card[aria-label^='Pain'] .pick input").first.check()
    wait(page, "document.getElementById('kept').textContent.startsWith('Not saved: podnotes review has ended')")
