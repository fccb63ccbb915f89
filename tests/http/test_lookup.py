"""Names: looked up in time, once for the check and the connection together, and never a way into her local network."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from podnotes import FetchError, fetch_audio, fetch_chapters, fetch_transcript, http, read_feed
from podnotes.http.resolver import is_public
from tests.http.conftest import resolve
from tests.http.loopback import Loopback, content, redirect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The resolver before any test has closed it; numbers in odd forms are all it is asked for here.
RESOLVER = socket.getaddrinfo
PUBLIC = "93.184.215.14"


def fetch(url: str, *, trusted: bool = False, deadline_s: float = 30.0) -> http.Answer:
    return http.fetch(url, trusted=trusted, max_bytes=100_000, deadline_s=deadline_s)


# ------------------------------------------------------------------------------------------- a resolver that hangs


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The questions to a resolver that answers none of them before the end of the test."""
    over, asked, usual = threading.Event(), list[str](), socket.getaddrinfo

    def hang(host: str, *args: Any, **kwargs: Any) -> Any:
        if host.replace(".", "").isdigit():  # asked for when a connection is made
            return usual(host, *args, **kwargs)
        asked.append(host)
        over.wait(120)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield asked
    over.set()


def test_the_look_up_is_part_of_the_deadline(questions: list[str]) -> None:
    with pytest.raises(FetchError, match="took too long"):
        http.fetch("http://late.example/", trusted=True, max_bytes=10, deadline_s=0.3)
    assert questions == ["late.example"]


def test_a_redirect_to_a_name_that_hangs(server: Loopback, questions: list[str]) -> None:
    with pytest.raises(FetchError, match="took too long"):
        fetch(server.add("/feed", redirect("http://elsewhere.example/")), trusted=True, deadline_s=0.3)
    assert questions == ["elsewhere.example"]


def test_a_resolver_that_hangs_does_not_keep_the_process_from_ending() -> None:
    code = """
import socket, threading
socket.getaddrinfo = lambda *args, **kwargs: threading.Event().wait()
from podnotes import http
try:
    http.fetch("http://slow.example/", trusted=True, max_bytes=9, deadline_s=0.2)
except Exception as error:
    print(type(error).__name__, error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=True)
    assert run.stdout.startswith("FetchError http://slow.example/ took too long")
    assert run.stderr == ""


# ------------------------------------------------------------------------------------- no way into the local network


@pytest.mark.parametrize("number", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.1.1"])
def test_a_name_that_leads_to_a_private_address(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    resolve(monkeypatch, {"innocent.example": number})
    with pytest.raises(FetchError, match=r"innocent\.example is on your local network"):
        fetch("http://innocent.example/")


def test_a_redirect_to_a_name_that_leads_to_a_private_address(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, {"innocent.example": "127.0.0.1"})
    with Loopback() as other:
        target = other.add("/router", content(b"secret")).replace("127.0.0.1", "innocent.example")
        with pytest.raises(FetchError, match="local network"):
            fetch(server.add("/feed", redirect(target)), trusted=True)
        assert other.connections == 0


def test_a_public_server_does_not_lead_to_a_private_one(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    # She has permitted the one host, which stands for a public one here; it leads to another that she hasn't.
    resolve(monkeypatch, {"public.example": "127.0.0.1"})
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "public.example")
    server.add("/router", content(b"secret"))
    url = server.add("/feed", redirect(server.url("/router"))).replace("127.0.0.1", "public.example")
    with pytest.raises(FetchError, match="local network"):
        fetch(url)
    assert [seen.path for seen in server.seen] == ["/feed"]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The numbers to which a connection is tried; none is made."""
    numbers: list[str] = []

    def refuse(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        numbers.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    return numbers


def test_only_the_public_ones_of_several_numbers_are_asked(monkeypatch: pytest.MonkeyPatch, tried: list[str]) -> None:
    resolve(monkeypatch, {"both.example": ["127.0.0.1", PUBLIC, "fe80::1"]})
    with pytest.raises(FetchError, match="connection refused"):
        fetch("http://both.example/")
    assert tried == [PUBLIC]


def test_what_is_connected_to_is_what_was_checked(monkeypatch: pytest.MonkeyPatch, tried: list[str]) -> None:
    # A name server of ill will: a public number for the check, and a private one for the connection.
    asked = resolve(monkeypatch, {"rebinding.example": [[PUBLIC], ["127.0.0.1"]]})
    with pytest.raises(FetchError, match="connection refused"):
        fetch("http://rebinding.example/")
    assert (asked, tried) == ({"rebinding.example": 1}, [PUBLIC])
    with pytest.raises(FetchError, match="local network"):
        fetch("http://rebinding.example/")  # each further request checks anew
    assert tried == [PUBLIC]


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0", "localhost",
        "localhost.", "LOCALHOST", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]",
        "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[fe80::1]", "[fec0::1]", "127。0。0。1",
        "①②⑦.0.0.1", "１２７.0.0.1",
    ],
)  # fmt: skip
def test_loopback_in_disguise(server: Loopback, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", RESOLVER)
    with pytest.raises(FetchError):
        fetch(server.url("/", host=host))
    assert server.connections == 0
    with Loopback() as other, pytest.raises(FetchError):
        fetch(other.add("/feed", redirect(server.url("/", host=host))), trusted=True)
    assert server.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "64:ff9b:1::7f00:1", "5f00::1", "3fff::1",
        "192.0.0.8", "192.0.0.170",
    ],
)  # fmt: skip
def test_addresses_that_are_private_in_a_roundabout_way(address: str) -> None:
    assert not is_public(address)


def test_a_feed_names_no_machine_of_hers(server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # All that a feed may name, on another server of this machine: the next page, its new address, audio and the rest.
    resolve(monkeypatch, {"innocent.example": "127.0.0.1"})
    with Loopback() as other:
        for host in ("127.0.0.1", "innocent.example"):
            names = ("page", "feed", "talk.mp3", "talk.vtt", "talk.json")
            page, feed, talk, words, chapters = (other.url(f"/{name}", host=host) for name in names)
            body = (
                '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
                ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>T</title>'
                f'<a:link rel="next" href="{page}"/><itunes:new-feed-url>{feed}</itunes:new-feed-url><item>'
                f'<title>A</title><guid>1</guid><enclosure url="{talk}" type="audio/mpeg"/>'
                f'<podcast:chapters url="{chapters}"/><podcast:transcript url="{words}" type="text/vtt"/>'
                "</item></channel></rss>"
            )
            podcast = read_feed(server.add("/feed", content(body.encode())))
            (episode,) = podcast.episodes
            assert (episode.title, podcast.url) == ("A", server.url("/feed"))
            with pytest.raises(FetchError, match="local network"):
                fetch_audio(episode, tmp_path)
            with pytest.raises(FetchError, match="local network"):
                fetch_chapters(episode)
            assert fetch_transcript(episode) is None
        assert other.connections == 0
