"""http.fetch against a server that misbehaves."""

from __future__ import annotations

import gzip
import importlib
import logging
import subprocess
import sys
import time
import zlib
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from podnotes import http
from podnotes.errors import FetchError
from podnotes.http import client
from tests.http.conftest import resolve
from tests.http.loopback import (
    Handler,
    Loopback,
    Reply,
    content,
    cut,
    dripping,
    dripping_headers,
    endless,
    garbage,
    in_turn,
    redirect,
    silent,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Callable

brotli: Any = importlib.import_module("brotli")  # has no types
BODY = b"<rss>" + b"x" * 5000


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short waits, so that the tests are quick; the same code runs with the usual ones."""
    monkeypatch.setattr(client, "_SILENCE_S", 0.6)


def fetch(url: str, *, trusted: bool = True, max_bytes: int = 100_000, deadline_s: float = 5.0) -> http.Answer:
    return http.fetch(url, trusted=trusted, max_bytes=max_bytes, deadline_s=deadline_s)


def test_gives_the_body_and_the_headers(server: Loopback) -> None:
    answer = fetch(server.add("/feed", content(BODY, "application/rss+xml; charset=utf-8", ETag='"a"')))
    assert (answer.status, answer.body) == (200, BODY)
    assert answer.headers["etag"] == '"a"'
    assert answer.moved_to is None


def test_a_server_that_says_nothing_is_asked_once(server: Loopback) -> None:
    with pytest.raises(FetchError, match="sent no data for"):
        fetch(server.add("/silent", silent))
    assert len(server.seen) == 1


def test_introduces_itself(server: Loopback) -> None:
    fetch(server.add("/feed", content(BODY)))
    assert server.seen[0].headers["user-agent"].startswith("podnotes/")


# --------------------------------------------------------------------------------------- what goes wrong, as a matrix


def continuing(handler: Handler) -> None:
    while not handler.server.over.is_set():
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


MISBEHAVIOUR: dict[str, tuple[Reply, str, float]] = {
    "drips": (dripping(BODY, every_s=0.02), "took too long", 2.5),
    "drips a header": (dripping_headers(0.02), "took too long", 2.5),
    "says to continue for ever": (continuing, "took too long", 7),
    "sends a header without end": (garbage(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200_000), "was cut|malformed", 3),
    "sends a header line without end": (garbage(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 3_000_000), "was cut|malformed", 3),
    "contradicts itself about the length": (
        garbage(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n1234567"),
        "was cut|malformed",
        3,
    ),
    "sends pieces that are none": (
        garbage(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
        "was cut|malformed",
        3,
    ),
    "sends a piece of terabytes": (
        garbage(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nabc"),
        "was cut",
        3,
    ),
    "falls silent": (silent, "sent no data", 4),
    "ends early": (cut(BODY, 100), "was cut", 3),
    "hangs up at once": (garbage(b""), "was cut", 3),
    "is no HTTP": (garbage(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "was cut|malformed", 3),
    "sends no end": (endless(), "larger than", 3),
    "is too large": (content(b"x" * 200_000), "larger than", 2),
    "promises too much": (status(200, b"x", Content_Length=10**12), "larger than", 2),
    "is a gzip bomb": (content(gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"), "larger than", 3),
    "is a bomb in a bomb": (
        content(gzip.compress(gzip.compress(b"\0" * 50_000_000)), Content_Encoding="gzip, gzip"),
        "larger than",
        3,
    ),
    "is a brotli bomb": (content(brotli.compress(b"\0" * 50_000_000), Content_Encoding="br"), "larger than", 3),
    "is damaged brotli": (content(b"junk" * 100, Content_Encoding="br"), "decompressed", 2),
    "is damaged gzip": (content(b"\x1f\x8b" + b"junk" * 100, Content_Encoding="gzip"), "decompressed", 2),
    "turns in a circle": (redirect("/"), "redirects more than", 3),
    "leads to a file": (redirect("file:///etc/passwd"), "isn't a web address", 2),
    "leads to ftp": (redirect("ftp://example.org/"), "isn't a web address", 2),
    "leads to nothing": (redirect("http://"), "redirects more than", 2),
    "leads to a number": (redirect("http://127.0.0.1:1/"), "local network", 2),
    "leads to the cloud's metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "local network", 2),
    "leads to a private network": (redirect("http://192.168.1.1/"), "local network", 2),
    "leads to IPv6 loopback": (redirect("http://[::1]:9/"), "local network", 2),
    "leads to a disguised number": (redirect("http://2130706433:9/"), "local network", 2),
    "isn't there": (status(404), "nothing at", 2),
    "is gone": (status(410), "gone for good", 2),
    "wants a password": (status(401), "name and password", 2),
    "forbids": (status(403), "blocks this address or programs", 2),
    "is broken": (status(500), "server problem", 2),
    "is busy for an hour": (status(503, Retry_After=3600), "server problem", 2),
    "is asked too often": (status(429, Retry_After=600), "10 minutes", 2),
    "refuses in its own way": (status(418), "refused", 2),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_every_failure_is_one_sentence_in_time(server: Loopback, name: str) -> None:
    reply, expected, longest_s = MISBEHAVIOUR[name]
    url = server.add("/", reply)
    started = time.monotonic()
    with pytest.raises(FetchError, match=expected) as caught:
        fetch(url)
    # On an idle machine; a busy one may take many times as long, and a client without bounds waits for ever.
    assert time.monotonic() - started < 8 * longest_s
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_the_deadline_is_for_everything_together(server: Loopback) -> None:
    # Fast enough for the minimum speed, never silent, and still too long in all.
    def trickling(handler: Handler) -> None:
        handler.head(200, {"Content-Length": 10**9})
        while not handler.server.over.is_set():
            handler.wfile.write(b"x" * 5000)
            handler.pause(0.1)

    with pytest.raises(FetchError, match="took too long"):
        fetch(server.add("/", trickling), max_bytes=10**9, deadline_s=0.8)


def test_the_deadline_covers_a_chain_of_slow_redirects(server: Loopback) -> None:
    def slow(location: str) -> Reply:
        def reply(handler: Handler) -> None:
            handler.pause(0.3)
            redirect(location)(handler)

        return reply

    for step in range(9):
        server.add(f"/{step}", slow(f"/{step + 1}"))
    with pytest.raises(FetchError, match="took too long"):
        fetch(server.url("/0"), deadline_s=1)
    assert len(server.seen) < 9


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://nowhere.invalid/feed", "no host called nowhere.invalid"),
        ("http://127.0.0.1:1/feed", "connection refused"),
        ("ftp://example.org/feed", "use http or https"),
        ("http://[::1/feed", "use http or https"),
        ("https://", "use http or https"),
        ("javascript:alert(1)", "use http or https"),
    ],
)
def test_an_address_that_leads_nowhere(address: str, expected: str) -> None:
    with pytest.raises(FetchError, match=expected):
        fetch(address)


@given(
    st.one_of(st.text(max_size=60), st.builds("http://{}.invalid{}".format, st.text(max_size=30), st.text(max_size=30)))
)
@settings(deadline=None, max_examples=300)
def test_no_address_whatever_makes_it_fail_otherwise(address: str) -> None:
    with pytest.raises(FetchError):
        fetch(address, trusted=False)


@given(st.text(max_size=30).filter(lambda text: "\r" not in text and "\n" not in text))
@example(" ")
@example(' "a" ')
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_whatever_makes_it_fail(server: Loopback, value: str) -> None:
    url = server.add("/feed", content(BODY))
    answer = http.fetch(url, trusted=True, max_bytes=10**6, deadline_s=5, headers={"If-None-Match": value})
    assert answer.body == BODY


# ---------------------------------------------------------------------------------------------------------- patience


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_tries_again_what_may_pass(server: Loopback, code: int) -> None:
    url = server.add("/feed", in_turn(status(code), status(code), content(BODY)))
    assert fetch(url).body == BODY
    assert len(server.seen) == 3


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 501])
def test_does_not_ask_again_what_will_not_change(server: Loopback, code: int) -> None:
    url = server.add("/feed", in_turn(status(code), content(BODY)))
    with pytest.raises(FetchError) as caught:
        fetch(url)
    assert caught.value.status == code
    assert len(server.seen) == 1


def test_tries_again_after_a_lost_connection(server: Loopback) -> None:
    url = server.add("/feed", in_turn(cut(BODY, 10), garbage(b""), content(BODY)))
    assert fetch(url).body == BODY


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_honours_retry_after(server: Loopback, form: str) -> None:
    wish = "1" if form == "seconds" else formatdate(time.time() + 2, usegmt=True)
    url = server.add("/feed", in_turn(status(429, Retry_After=wish), content(BODY)))
    started = time.monotonic()
    assert fetch(url).body == BODY
    assert time.monotonic() - started >= 0.9


def test_nonsense_in_retry_after_is_no_wish(server: Loopback) -> None:
    url = server.add("/feed", in_turn(status(503, Retry_After="soon, maybe"), content(BODY)))
    assert fetch(url).body == BODY


# --------------------------------------------------------------------------------------------------------- unpacking


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", _raw_deflate),
        ("br", brotli.compress),
        ("identity", bytes),
    ],
)
def test_unpacks(server: Loopback, name: str, pack: Callable[[bytes], bytes]) -> None:
    assert fetch(server.add("/feed", content(pack(BODY), Content_Encoding=name))).body == BODY


# --------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize(("codes", "remembered"), [((301,), "/new"), ((308,), "/new"), ((302,), None), ((307,), None)])
def test_only_permanent_redirects_change_the_address(
    server: Loopback, codes: tuple[int, ...], remembered: str | None
) -> None:
    server.add("/new", content(BODY))
    answer = fetch(server.add("/old", redirect("/new", codes[0])))
    assert answer.url == server.url("/new")
    assert answer.moved_to == (server.url(remembered) if remembered else None)


def test_a_temporary_step_ends_what_is_remembered(server: Loopback) -> None:
    server.add("/a", redirect("/b", 301))
    server.add("/b", redirect("/c", 302))
    server.add("/c", redirect("/d", 301))
    server.add("/d", content(BODY))
    answer = fetch(server.url("/a"))
    assert answer.url == server.url("/d")
    assert answer.moved_to == server.url("/b")


def test_carries_cookies_along_a_chain_of_redirects(server: Loopback) -> None:
    def gate(handler: Handler) -> None:
        if handler.headers.get("Cookie") == "seen=yes":
            content(BODY)(handler)
        else:
            status(302, Location="/feed", Set_Cookie="seen=yes; Path=/")(handler)

    assert fetch(server.add("/feed", gate)).body == BODY
    assert "cookie" not in server.seen[0].headers
    fetch(server.url("/feed"))
    assert "cookie" not in server.seen[2].headers  # nothing is kept from one request to the next


def test_private_addresses_only_when_she_typed_them(server: Loopback) -> None:
    url = server.add("/feed", content(BODY))
    for address in (url, server.url("/feed", host="localhost")):
        assert fetch(address).body == BODY
        with pytest.raises(FetchError, match="not you"):
            fetch(address, trusted=False)
    assert len(server.seen) == 2  # the refused ones were never asked


@pytest.mark.parametrize("permitted", ["127.0.0.1", " nas.example , 127.0.0.0/8", "localhost,127.0.0.1"])
def test_private_hosts_that_she_has_named(server: Loopback, monkeypatch: pytest.MonkeyPatch, permitted: str) -> None:
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", permitted)
    assert fetch(server.add("/feed", content(BODY)), trusted=False).body == BODY
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "nas.example,10.0.0.0/8,not a network/99")
    with pytest.raises(FetchError, match="not you"):
        fetch(server.url("/feed"), trusted=False)


def test_trust_ends_with_the_server_she_typed(server: Loopback) -> None:
    with Loopback() as other:
        url = server.add("/feed", redirect(other.add("/secret", content(b"secret"))))
        with pytest.raises(FetchError, match="not you"):
            fetch(url)
        assert other.seen == []


# -------------------------------------------------------------------------------------------------------- credentials


def test_credentials_go_to_their_host_and_nowhere_else(server: Loopback) -> None:
    # localhost and 127.0.0.1 are two hosts to a client; the second is refused, so the redirect stays on the first.
    server.add("/there", content(BODY))
    url = server.url("/feed", credentials="anna:s3cret%21")
    server.add("/feed", redirect("/there"))
    answer = fetch(url)
    assert answer.body == BODY
    expected = "Basic YW5uYTpzM2NyZXQh"
    assert [seen.headers.get("authorization") for seen in server.seen] == [expected, expected]


def test_credentials_are_dropped_on_the_way_to_another_host(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback() as other:
        # Another server on loopback stands for any other host.
        resolve(monkeypatch, {"elsewhere.example": "127.0.0.1"})
        monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "elsewhere.example")
        target = other.add("/there", content(BODY))
        server.add("/feed", redirect(target.replace("127.0.0.1", "elsewhere.example")))
        fetch(server.url("/feed", credentials="anna:secret"))
        assert "authorization" in server.seen[0].headers
        assert "authorization" not in other.seen[0].headers


def test_credentials_of_a_feed_are_used_for_its_audio(server: Loopback) -> None:
    http.remember_credentials(server.url("/feed", credentials="anna:secret"))
    server.add("/audio", content(b"sound"))
    fetch(server.url("/audio"))
    assert server.seen[0].headers["authorization"].startswith("Basic ")


def test_nobody_hands_out_credentials_by_redirect(server: Loopback) -> None:
    server.add("/feed", redirect(server.url("/there", credentials="mallory:x")))
    server.add("/there", content(BODY))
    fetch(server.url("/feed"))
    assert "authorization" not in server.seen[1].headers


@pytest.mark.parametrize("reply", ["404", "drip", "cut", "html"])
def test_errors_do_not_show_secrets(server: Loopback, reply: str) -> None:
    replies = {"404": status(404), "drip": dripping(BODY, every_s=0.05), "cut": cut(BODY, 5), "html": status(500)}
    token = "aB3dE5gH7jK9mN1pQ3sT5v"
    server.add(f"/private/{token}/feed", replies[reply])
    url = server.url(f"/private/{token}/feed?auth=topsecret", credentials="anna:hunter2")
    with pytest.raises(FetchError) as caught:
        fetch(url)
    error: BaseException | None = caught.value
    assert not any(secret in str(error) for secret in (token, "topsecret", "hunter2", "anna"))
    assert "***@127.0.0.1" in str(error)


def test_other_libraries_loggers_are_left_alone() -> None:
    code = """
import logging, podnotes.http.client
print([name for name, logger in logging.root.manager.loggerDict.items() if getattr(logger, "filters", None)])
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_the_log_shows_no_secrets(server: Loopback, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="podnotes")
    token = "aB3dE5gH7jK9mN1pQ3sT5v"
    server.add(f"/{token}", redirect(f"/{token}/there?auth=topsecret"))
    server.add(f"/{token}/there", content(BODY))
    fetch(server.url(f"/{token}?auth=topsecret", credentials="anna:hunter2"))
    assert not any(secret in caplog.text for secret in (token, "topsecret", "hunter2", "YW5uYTpodW50ZXIy"))


# ------------------------------------------------------------------------------------------------------------ proxies


def test_a_proxy_of_the_system_is_used(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url("/"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.add("http://feeds.example/feed", content(BODY))
    for trusted in (True, False):  # the name is known to the proxy only
        assert fetch("http://feeds.example/feed", trusted=trusted).body == BODY
    assert server.seen[0].path == "http://feeds.example/feed"
    with pytest.raises(FetchError, match="local network"):
        fetch("http://10.0.0.1/feed", trusted=False)
    assert fetch(server.add("/direct", content(BODY))).body == BODY


# ---------------------------------------------------------------------------------------------- redirects and labels


@pytest.mark.parametrize("steps", [11, 20])
def test_a_row_of_tracking_services_is_followed(server: Loopback, steps: int) -> None:
    for step in range(steps):
        server.add(f"/{step}", redirect(f"/{step + 1}"))
    server.add(f"/{steps}", content(BODY))
    assert fetch(server.url("/0")).body == BODY


def test_a_longer_row_is_given_up(server: Loopback) -> None:
    for step in range(21):
        server.add(f"/{step}", redirect(f"/{step + 1}"))
    server.add("/21", content(BODY))
    with pytest.raises(FetchError, match="more than 20 times"):
        fetch(server.url("/0"))


@pytest.mark.parametrize("label", ["none", "utf-8", "aws-chunked", "binary", "UTF-8, none", "identity"])
def test_what_is_labelled_as_packed_and_is_plain_is_read_as_it_is(server: Loopback, label: str) -> None:
    assert fetch(server.add("/", content(BODY, Content_Encoding=label))).body == BODY
