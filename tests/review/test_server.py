"""The server of the review page, without a browser: choices in the library, the address, and its end."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from podnotes.library import Library
from podnotes.models import OTHER_TOPIC, Pick, Review
from podnotes.notes.compose import compose_note
from podnotes.notes.rendering import render, templates
from tests.library.conftest import export
from tests.notes import material

if TYPE_CHECKING:
    from pathlib import Path

    from podnotes import ReviewServer


def test_a_review_changes_in_parts_and_is_exported(library: Library, number: int) -> None:
    pain = Pick("a", "pain", 1.0, 2.0, 1.0, "mine\nand mine")
    library.change_review(number, picks=[pain, Pick("b", "touch", 3.0, 4.0, 0.5)], words={"opening": "Hello."})
    library.change_review(number, removed=["b", "no such"], words={"title": "T", "opening": " "})
    review = library.review(number)
    assert review == Review((pain,), (("title", "T"),))
    (line,) = [line for line in export(library) if '"kind":"review"' in line]
    assert "mine\\nand mine" in line
    assert "Hello." not in line


@pytest.mark.parametrize("template", [template.name for template in templates()])
def test_a_draft_has_what_was_chosen_and_written(template: str) -> None:
    segments = material.transcript().segments
    chosen = [segments[14], segments[4], segments[19]]
    topics = ["endorphins", OTHER_TOPIC, OTHER_TOPIC]
    picks = tuple(
        Pick(str(place), topic, one.start, one.end, -place, f"Remark {place} <b>\n*x*")
        for place, (topic, one) in enumerate(zip(topics, chosen, strict=True))
    )
    places = ("title", "opening", "practice:endorphins", "takeaway", "greeting", "more", "questions")
    words = tuple((place, f"My {place} words." if place == "title" else f"My {place} <u> words.") for place in places)
    note = compose_note(
        material.episode(), material.findings(), material.transcript(), material.TOPICS,
        options=material.OPTIONS, review=Review(picks, words),
    )  # fmt: skip
    assert [[quote.passage.start for quote in section.quotes] for section in note.sections] == [
        [segments[14].start],
        [segments[19].start, segments[4].start],
    ], "other topics come last, and quotations stand in the user's order"
    assert note.title == "My title words."
    text = render(note, template)
    if template in {"brief", "json"}:
        return
    assert "<b>" not in text
    assert "<u>" not in text
    assert re.search(r"Remark 0", text)
    assert ("My greeting" if template == "newsletter" else "My opening") in text


def ask(server: ReviewServer, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    host = server.url.split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=10)
    given = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json"}
    for name, value in headers.items():
        given[name.replace("_", "-")] = value
    connection.request(method, path, body or None, {name: value for name, value in given.items() if value})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_nobody_else_gets_in(server: ReviewServer, library: Library, number: int) -> None:
    root = "/" + server.url.split("/", 3)[3]
    changes = json.dumps({"picks": [], "removed": [], "words": {"title": "T"}}).encode()
    assert ask(server, "GET", root)[0] == 200
    assert ask(server, "GET", root, Host="evil.example:80")[0] == 421
    assert ask(server, "POST", root + "changes", changes, Host="evil.example")[0] == 421
    for path in (
        "/",
        "/x/",
        root[:-2] + "/",
        root + "../",
        root + "..%2f..%2fetc/passwd",
        root + "audio/../x",
        "//",
        "*",
    ):
        assert ask(server, "GET", path)[0] == 404, path
    assert ask(server, "POST", root + "changes", changes, Origin="https://evil.example")[0] == 403
    assert ask(server, "POST", root + "changes", changes, Origin="")[0] == 403
    assert ask(server, "POST", root + "changes", changes, Content_Type="text/plain")[0] == 415
    assert ask(server, "POST", root + "changes", b"{}", Content_Length="99999999")[0] == 413
    assert ask(server, "POST", root + "changes", b"{}", Content_Length="-1")[0] == 413
    pick = {"id": "a", "topic": "pain", "start": float("nan"), "end": 1, "place": 1, "remark": ""}
    for wrong in (
        b"",
        b"[]",
        b"{",
        b'{"picks": 3}',
        json.dumps({"picks": [pick], "removed": [], "words": {}}).encode(),
    ):
        assert ask(server, "POST", root + "changes", wrong)[0] == 400, wrong
    assert ask(server, "POST", root + "speaker", b'{"label": 3}')[0] == 400
    words: dict[str, Any] = {"heard": "pain", "right": "gain", "at": 1.0, "where": "episode"}
    for name, bad in (("at", float("nan")), ("at", "1"), ("where", "moon"), ("where", []), ("right", "x" * 201)):
        assert ask(server, "POST", root + "correct", json.dumps(words | {name: bad}).encode())[0] == 400, bad
    assert library.corrections() == ()
    assert library.review(number) == Review()
    assert ask(server, "POST", root + "changes", changes)[0] == 200
    assert library.review(number).words == (("title", "T"),)
    status, text = ask(server, "GET", root + "audio", Range="bytes=0-3")
    assert (status, text) == (206, b"RIFF")
    assert len(ask(server, "GET", root + "audio", Range="bytes=-5")[1]) == 5
    assert ask(server, "GET", root + "audio", Range="bytes=99999999-")[0] == 416


def test_a_server_that_is_killed_while_saving_loses_nothing_that_it_confirmed(
    library: Library, number: int, tmp_path: Path
) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom podnotes.library import Library\n"
        "from podnotes import ReviewServer\nfrom tests.notes import material\n"
        "with Library(Path(sys.argv[1])) as library:\n"
        "    with ReviewServer(library, int(sys.argv[2]), material.TOPICS) as server:\n"
        "        print(server.url, flush=True)\n        server.wait()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(library.path), str(number)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    host, token = url.split("/")[2:4]
    confirmed = 0
    ends = time.monotonic() + 1.0
    with process:
        try:
            for place in range(100_000):
                pair = [
                    {
                        "id": f"{place}{half}",
                        "topic": "pain",
                        "start": place,
                        "end": place,
                        "place": place,
                        "remark": "",
                    }
                    for half in "ab"
                ]
                body = json.dumps({"picks": pair, "removed": [], "words": {"title": str(place)}})
                connection = http.client.HTTPConnection(host, timeout=10)
                headers = {"Origin": f"http://{host}", "Content-Type": "application/json"}
                connection.request("POST", f"/{token}/changes", body, headers)
                if time.monotonic() > ends and place > 3:
                    os.kill(process.pid, signal.SIGKILL)
                assert connection.getresponse().status == 200
                confirmed = place
                connection.close()
        except (OSError, http.client.HTTPException):
            pass
    with Library(library.path) as again:
        assert again.check().ok
        review = again.review(number)
        assert len(review.picks) in {2 * confirmed + 2, 2 * confirmed + 4}
        assert dict(review.words)["title"] == str(len(review.picks) // 2 - 1), "a change is whole or not at all"


@pytest.mark.parametrize("saved", [False, True], ids=["while it reads", "after a change"])
def test_ctrl_c_ends_the_command(library: Library, number: int, *, saved: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "podnotes", "review", "Why it hurts", "--no-open", "--library", str(library.path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            url = process.stdout.readline().strip()
            host, token = url.split("/")[2:4]
            if saved:
                connection = http.client.HTTPConnection(host, timeout=60)
                headers = {"Origin": f"http://{host}", "Content-Type": "application/json"}
                changes = json.dumps({"picks": [], "removed": [], "words": {"title": "Mine"}})
                connection.request("POST", f"/{token}/changes", changes, headers)
                assert connection.getresponse().status == 200
                connection.close()
            process.send_signal(signal.SIGINT)
            said = process.stderr.read()
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert said.splitlines()[-1] == "Closed. Your choices are saved."
    assert "Traceback" not in said
    assert dict(library.review(number).words) == ({"title": "Mine"} if saved else {})
    assert library.check().ok
