"""Every template, plain and under attack; the user's own templates and errors in them."""

from __future__ import annotations

import html as html_lib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from podnotes.errors import TemplateError
from podnotes.models import Findings
from podnotes.notes.compose import compose_note
from podnotes.notes.escaping import markdown
from podnotes.notes.options import PLACES
from podnotes.notes.rendering import find_template, render, template_hash, template_source, templates
from tests.notes import material

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token
    from playwright.sync_api import Page

PLAIN = compose_note(
    material.episode(), material.findings(), material.transcript(), material.TOPICS, options=material.OPTIONS
)
HOSTILE = compose_note(
    material.hostile_episode(),
    material.hostile_findings(),
    material.hostile_transcript(),
    material.TOPICS,
    options=material.OPTIONS,
)
EVERY = [(template.name, output) for template in templates() for output in template.suffixes]
OF_MARKDOWN = [name for name, output in EVERY if output == "markdown"]
OF_HTML = [name for name, output in EVERY if output == "html"]


def split(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of a Markdown draft."""
    if not text.startswith("---\n"):
        return {}, text
    _, front, body = text.split("---\n", 2)
    return yaml.safe_load(front), body


def inline(tokens: list[Token]) -> list[Token]:
    """All tokens of a parsed text, those inside others too."""
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        found += inline(token.children or [])
    return found


def reading(text: str) -> str:
    """What a reader sees of Markdown, in one line."""
    tokens = inline(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text))
    shown = [token.content for token in tokens if token.type in {"text", "code_inline", "text_special"}]
    breaks = [" " if token.type in {"paragraph_close", "softbreak", "heading_close"} else "" for token in tokens]
    parts = []
    for token, gap in zip(tokens, breaks, strict=True):
        if token.type in {"text", "code_inline", "text_special"}:
            parts.append(token.content)
        parts.append(gap)
    assert shown
    return " ".join("".join(parts).split())


def test_the_default_is_the_blog_post() -> None:
    assert templates()[0].name == "blog"
    assert render(PLAIN) == render(PLAIN, "blog", output="markdown")


@pytest.mark.parametrize(("name", "output"), [each for each in EVERY if each[0] not in {"json", "brief"}])
def test_each_place_for_her_own_words_is_marked_alike(name: str, output: str) -> None:
    """Whoever searches for the mark finds all that must not be published as it is."""
    text = html_lib.unescape(render(PLAIN, name, output=output))
    places = [PLACES["greeting"], PLACES["more"]] if name == "newsletter" else [PLACES["opening"], PLACES["takeaway"]]
    if name != "newsletter":
        places += [prompt for section in PLAIN.sections for prompt in section.prompts]
    for place in places:
        before = re.sub(r"</?(?:em|p|ul|li|span)[^>]*>|[*\s>-]", "", text[: text.index(place)])
        if output == "html" and name == "blog":
            # There the mark heads the box that holds the prompts.
            assert text.rindex("✎", 0, text.index(place)) > text.rindex("<div", 0, text.index(place)), place
        else:
            assert before.endswith("✎"), place


@pytest.mark.parametrize(("name", "output"), [each for each in EVERY if each[0] != "brief"])
def test_every_post_says_that_it_is_no_medical_advice_and_cites_the_episode(name: str, output: str) -> None:
    text = re.sub(r"<[^>]+>|[*\\]", "", html_lib.unescape(render(PLAIN, name, output=output)))
    assert "This is not medical advice" in text
    assert "Brandt, A. (Host). (2026, March 9). Why it hurts, and what helps (No. 12)" in text


@pytest.mark.parametrize(("name", "output"), EVERY)
def test_every_quote_stands_in_it_word_for_word(name: str, output: str, page: Page) -> None:
    text = render(PLAIN, name, output=output)
    if output == "json":
        values = json.loads(text)
        shown = " ".join(quote["text"] for section in values["sections"] for quote in section["quotes"])
    elif output == "html":
        page.set_content(text)
        shown = " ".join(page.inner_text("body").split())
    else:
        shown = reading(split(text)[1])
    for section in PLAIN.sections:
        best = max(section.quotes, key=lambda quote: quote.passage.score)
        wanted = [best] if name in {"newsletter", "brief"} else section.quotes
        assert all(quote.passage.text in shown for quote in wanted)


@pytest.mark.parametrize("name", OF_MARKDOWN)
def test_attacks_are_text_in_markdown(name: str) -> None:
    front, body = split(render(HOSTILE, name, output="markdown"))
    tokens = inline(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(body))
    assert not [
        token
        for token in tokens
        if token.type in {"html_block", "html_inline", "image", "code_inline", "fence", "code_block", "s_open"}
        # The only HTML is the comment by which a draft without front matter is known.
        and not re.fullmatch(r"<!-- episode [0-9a-f]{12} -->\n", token.content)
    ]
    for token in tokens:
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith("https://example.org/")
    assert "{{" not in body
    assert "{%" not in body
    if name != "brief":
        assert '<script>alert(1)</script> & "friends" | [x](javascript:y)' in reading(body)
    heading = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert not any(text.startswith("Heading") for text in heading)
    if front:
        assert "title" in front
        assert all(not isinstance(value, (int, float)) or isinstance(value, bool) for value in front.values())


def test_front_matter_says_what_it_says() -> None:
    front, _ = split(render(HOSTILE, "blog"))
    assert front["episode"] == material.HOSTILE
    assert front["draft"] is True
    assert front["published"].isoformat() == "2026-03-09"


def test_themes_that_print_front_matter_raw_get_no_markup() -> None:
    front, _ = split(render(HOSTILE, "jekyll"))
    flat = json.dumps({key: value for key, value in front.items() if key not in {"date", "episode_date"}})
    assert "<" not in flat
    assert "{{" not in flat
    assert "{%" not in flat


@pytest.mark.browser
@pytest.mark.parametrize("name", OF_HTML)
def test_attacks_are_text_in_a_browser(name: str, page: Page, tmp_path: Path) -> None:
    text = render(HOSTILE, name, output="html")
    # Without the page's own policy, so that escaping alone has to hold.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri())
    assert page.locator("script").count() == 0
    assert page.locator("img, iframe, object, b[onclick], i").count() - page.locator("p > i").count() == 0
    links = page.evaluate("[...document.links].map(link => link.href)")
    assert all(link.startswith("https://example.org/") for link in links)
    handlers = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/.test(a.name)).length"
    )
    assert handlers == 0
    shown = " ".join(page.inner_text("body").split())
    assert '<script>alert(1)</script> & "friends" | [x](javascript:y)' in shown


def test_json_is_json_and_safe_inside_a_script() -> None:
    text = render(HOSTILE, "json")
    assert json.loads(text)["episode"]["title"] == material.HOSTILE
    assert "<" not in text


_TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Co", "Cn", "Zl", "Zp"))
    | st.sampled_from("<>&[](){}*_`#|\\!~=$%-+.1: \"'\n"),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(_TEXT)
def test_any_text_survives_markdown_unchanged(text: str) -> None:
    from podnotes.notes.escaping import one_line

    wanted = one_line(text)
    for frame in ("before {} after", "# {}", "- {}", "> {}", "{}"):
        source = frame.format(markdown(text))
        tokens = inline(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(source))
        kinds = {token.type for token in tokens}
        assert not kinds & {
            "html_block",
            "html_inline",
            "link_open",
            "image",
            "em_open",
            "strong_open",
            "code_inline",
            "hr",
            "fence",
            "s_open",
        }
        shown = "".join(token.content for token in tokens if token.type in {"text", "text_special"})
        expected = frame.lstrip("#->").strip().format(wanted) if frame != "{}" else wanted
        assert shown.strip() == " ".join(expected.split(" ")).strip()


def hers(folder: Path, text: str, name: str = "mine.md.j2") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_template_of_hers(tmp_path: Path) -> None:
    file = hers(tmp_path, "{# mine #}\n# {{ title }}\n{% for s in sections %}\n## {{ s.title }}\n{% endfor %}\n")
    assert render(PLAIN, file).startswith(f"# {PLAIN.title}\n## Pain")
    assert find_template(file).suffixes == {"markdown": ".md"}


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.html.j2", ".html"), ("a.html", ".html"), ("a.txt.jinja", ".txt"), ("a.j2", ".md"), ("a.json.j2", ".json")],
)
def test_the_suffix_says_what_hers_writes(tmp_path: Path, name: str, suffix: str) -> None:
    assert list(find_template(hers(tmp_path, "x", name)).suffixes.values()) == [suffix]


def test_hers_escapes_by_its_suffix(tmp_path: Path) -> None:
    assert "&lt;script&gt;" in render(HOSTILE, hers(tmp_path, "<p>{{ episode.title }}</p>", "a.html.j2"))
    assert render(HOSTILE, hers(tmp_path, "{{ episode.title }}", "a.txt.j2")) == material.HOSTILE + "\n"
    assert json.loads(render(HOSTILE, hers(tmp_path, '{"t": {{ episode.title }}}', "a.json.j2"))) == {
        "t": material.HOSTILE
    }


def test_hers_can_build_on_ours(tmp_path: Path) -> None:
    file = hers(tmp_path, '{% extends "blog.md.j2" %}{% block source %}The end.{% endblock %}')
    text = render(PLAIN, file)
    assert "The end." in text
    assert "## Source" not in text
    assert "## Pain" in text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\nb\n{% for x in %}\n", r"line 3, has an error"),
        ("a\n{{ titel }}\n", r"line 2, uses an undefined name: 'titel' is undefined"),
        ("\n\n{{ episode.titel }}\n", r"line 3, uses an undefined name: .*'titel'"),
        ("{% if title %}\nx", r"line \d, has an error: Unexpected end of template"),
        ("a\n{{ title.__class__.__mro__ }}", r"line 2"),
        ("{{ 1 / 0 }}", r"line 1, failed: ZeroDivisionError"),
        ("{% include 'other.md' %}", r'includes "other.md"'),
        ("{{ title | shout }}", r"line 1, has an error: No filter named 'shout'"),
        ("{% include '../../etc/passwd' %}", r"includes"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        render(PLAIN, hers(tmp_path, source))
    assert "mine.md.j2" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ title.__init__.__globals__ }}",
        "{{ link.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ sections.append(1) }}",
        "{% for i in range(99999999) %}x{% endfor %}",
    ],
)
def test_the_sandbox_holds(tmp_path: Path, attack: str) -> None:
    with pytest.raises(TemplateError):
        render(PLAIN, hers(tmp_path, attack))


def test_unknown_templates_are_answered_with_the_known_ones() -> None:
    with pytest.raises(TemplateError, match=r'no template "blgo".*blog, obsidian.*Did you mean "blog"'):
        render(PLAIN, "blgo")
    with pytest.raises(TemplateError, match='"hugo" writes markdown, not html'):
        render(PLAIN, "hugo", output="html")


def test_files_that_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "mine.md.j2"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match="not UTF-8"):
        render(PLAIN, file)


def test_sources_can_be_shown_and_started_from(tmp_path: Path) -> None:
    for template in templates():
        for output in template.suffixes:
            assert "{" in template_source(template.name, output)
    copy = hers(tmp_path, template_source("blog"))
    assert render(PLAIN, copy) == render(PLAIN, "blog")


def test_the_hash_changes_with_the_template_and_with_what_it_includes(tmp_path: Path) -> None:
    assert template_hash("blog") == template_hash("blog")
    assert template_hash("blog") != template_hash("hugo")
    part = tmp_path / "part.md"
    part.write_text("one", encoding="utf-8")
    file = hers(tmp_path, "{% include 'part.md' %}")
    before = template_hash(file)
    part.write_text("two", encoding="utf-8")
    assert template_hash(file) != before


def test_wordpress_blocks_nest() -> None:
    for note in (PLAIN, HOSTILE):
        open_blocks: list[str] = []
        for closing, name in re.findall(r"<!-- (/?)wp:([a-z-]+) -->", render(note, "wordpress")):
            if closing:
                assert open_blocks.pop() == name
            else:
                open_blocks.append(name)
        assert open_blocks == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["wix", "wordpress", "newsletter"])
def test_pasting_keeps_headings_quotes_and_links(name: str, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "draft.html"
    file.write_text(render(PLAIN, name, output="html"), encoding="utf-8")
    page.goto(file.as_uri())
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    page.goto("about:blank")
    page.set_content("<div id=editor contenteditable style='min-height:9em'></div>")
    page.locator("#editor").click()
    page.keyboard.press("Control+V")
    editor = page.locator("#editor")
    titles = [section.topic.title for section in PLAIN.sections]
    assert editor.locator("h2").all_inner_texts()[: len(titles)] == titles
    quotes = [quote for section in PLAIN.sections for quote in section.quotes]
    wanted = len(titles) if name == "newsletter" else len(quotes)
    assert editor.locator("blockquote").count() == wanted
    assert editor.locator("a[href*='#t=']").count() >= wanted


@pytest.mark.parametrize(("name", "output"), EVERY)
def test_an_empty_note_and_one_without_quotes_render(name: str, output: str) -> None:
    empty = compose_note(material.episode(), Findings(duration=9.0), material.transcript(), material.TOPICS)
    assert "Why it hurts, and what helps" in render(empty, name, output=output).replace("\\u0026", "&")
    bare = replace(PLAIN, sections=tuple(replace(section, quotes=(), prompts=()) for section in PLAIN.sections))
    assert render(bare, name, output=output)
