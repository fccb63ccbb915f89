"""What is shown of an address, what may be asked for, and who belongs together."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes import http
from podnotes.http.resolver import is_public


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/feed.xml", "https://example.org/feed.xml"),
        ("https://anna:secret@example.org/feed.xml", "https://***@example.org/feed.xml"),
        ("https://anna@example.org:8443/feed", "https://***@example.org:8443/feed"),
        ("https://example.org/feed?auth=abc&page=2", "https://example.org/feed?auth=***&page=2"),
        ("https://example.org/feed?TOKEN=abc", "https://example.org/feed?TOKEN=***"),
        ("https://example.org/rss/aB3dE5gH7jK9mN1pQ3sT5v.xml", "https://example.org/rss/***.xml"),
        ("https://example.org/2026/03/why-touch-calms-the-brain-7", "https://example.org/2026/03/why-touch-calms-the-brain-7"),
        ("https://example.org/audio/episode_12_pain_and_endorphins.mp3", "https://example.org/audio/episode_12_pain_and_endorphins.mp3"),
        ("https://example.org/?aB3dE5gH7jK9mN1pQ3sT5v", "https://example.org/?***"),
        ("feed://anna:secret@example.org/feed", "feed://***@example.org/feed"),
        ("/home/anna/talk.mp3", "/home/anna/talk.mp3"),
    ],
)  # fmt: skip
def test_shown(address: str, expected: str) -> None:
    assert http.shown(address) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_shown_never_shows_a_password(name: str, rest: str) -> None:
    password = "hunter2SECRET"
    assert password not in http.shown(f"https://{name.replace('/', '')}:{password}@example.org/{rest}")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("  https://example.org/a b.mp3\n", "https://example.org/a%20b.mp3"),
        ("HTTP://Example.ORG/Feed", "http://example.org/Feed"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org/#t=5", "https://example.org/"),
        ("https://bücher.example/ü.mp3", "https://xn--bcher-kva.example/%C3%BC.mp3"),
        ("https://example.org/100%25.mp3", "https://example.org/100%25.mp3"),
        ("feed://example.org/rss", "https://example.org/rss"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("itpc://example.org/rss", "https://example.org/rss"),
        ("https://u:p@example.org/rss", "https://u:p@example.org/rss"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("file:///etc/passwd", ""),
        ("javascript:alert(1)", ""),
        ("data:audio/mpeg;base64,AAAA", ""),
        ("http:/example.org/", ""),
        ("http://", ""),
        ("http://[::1", ""),
        ("http://a:b:c/", ""),
        ("http://exa<script>mple.org/", ""),
        ("example.org/feed", ""),
        ("http://example.org/" + "x" * 9000, ""),
    ],
)
def test_cleaned(address: str, expected: str) -> None:
    assert http.cleaned(address) == expected


@given(st.one_of(st.text(max_size=80), st.builds("http://{}".format, st.text(max_size=80))))
def test_cleaned_gives_a_sound_address_or_none(text: str) -> None:
    address = http.cleaned(text)
    if address:
        parts = urlsplit(address)
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert address.isascii()
        assert not set(address) & set(" <>\"'`\\\n\t")
        assert http.cleaned(address) == address


@pytest.mark.parametrize(
    ("url", "feed", "same"),
    [
        ("https://a.example/x", "https://a.example/feed", True),
        ("https://a.example:443/x", "https://a.example/feed", True),
        ("https://A.example/x", "https://a.example./feed", True),
        ("https://a.example/x", "http://a.example/feed", True),
        ("http://a.example/x", "https://a.example/feed", False),
        ("http://a.example:8080/x", "http://a.example/feed", False),
        ("http://b.example/x", "http://a.example/feed", False),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/feed", True),
        ("http://127.0.0.1:22/x", "http://127.0.0.1:8000/feed", False),
        ("http://localhost:8000/x", "http://127.0.0.1:8000/feed", False),
        ("https://a.example/x", None, False),
    ],
)
def test_a_link_is_as_good_as_typed_on_the_feeds_own_server(url: str, feed: str | None, same: bool) -> None:
    assert http.same_origin(url, feed) is same


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "2002:c0a8:1::", "nonsense", "",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


def test_masking_does_not_load_the_client() -> None:
    code = "import sys, podnotes.http as w; w.shown('https://a/b'); assert 'httpx2' not in sys.modules, 'loaded'"
    subprocess.run([sys.executable, "-c", code], check=True)
