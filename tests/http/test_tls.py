"""https with certificates that prove nothing: a sentence, no further try, and no way that one is accepted."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from podnotes import FetchError, fetch_audio, http, read_feed
from podnotes.models import Enclosure, Episode
from tests.http.conftest import resolve
from tests.http.loopback import Loopback, content, redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BODY = b"<rss><channel><title>T</title></channel></rss>"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted_file(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have this computer trust the authority of these tests."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


def proof(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def fetch(url: str) -> http.Answer:
    return http.fetch(url, trusted=True, max_bytes=10_000, deadline_s=30)


def serve(context: ssl.SSLContext) -> Loopback:
    return Loopback(context)


def test_a_good_certificate_is_accepted(authority: trustme.CA, trusted_file: Path) -> None:
    with serve(proof(authority.issue_cert("127.0.0.1", "localhost"))) as server:
        assert fetch(server.add("/feed", content(BODY))).body == BODY
        assert fetch(server.url("/feed", host="localhost")).body == BODY


@pytest.fixture(params=["nobody's", "self-signed", "another host's", "expired", "not valid yet"])
def bad(
    request: pytest.FixtureRequest, authority: trustme.CA, trusted_file: Path, tmp_path: Path
) -> tuple[ssl.SSLContext, str]:
    """A certificate that proves nothing, and what is said of it."""
    if request.param == "nobody's":
        return proof(trustme.CA().issue_cert("127.0.0.1")), "self.signed certificate|unable to get local issuer"
    if request.param == "self-signed":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own = trustme.CA()
        own.private_key_pem.write_to_path(str(tmp_path / "own.pem"))
        own.cert_pem.write_to_path(str(tmp_path / "own.pem"), append=True)
        context.load_cert_chain(tmp_path / "own.pem")
        return context, "self.signed certificate"
    if request.param == "another host's":
        return proof(authority.issue_cert("elsewhere.example", "127.0.0.2")), "IP address mismatch"
    if request.param == "expired":
        return proof(authority.issue_cert("127.0.0.1", not_before=NOW - 9 * DAY, not_after=NOW - DAY)), "has expired"
    return proof(authority.issue_cert("127.0.0.1", not_before=NOW + DAY, not_after=NOW + 9 * DAY)), "not yet valid"


def test_a_certificate_that_proves_nothing(bad: tuple[ssl.SSLContext, str], tmp_path: Path) -> None:
    context, expected = bad
    with serve(context) as server:
        server.add("/feed", content(BODY))
        url = server.url("/feed", credentials="anna:hunter2")
        audio = Episode("1", "A", audio=Enclosure(server.url("/feed")), feed_url=server.url("/feed"))
        calls: list[Callable[[], object]] = [
            lambda: fetch(url), lambda: read_feed(url), lambda: fetch_audio(audio, tmp_path / "audio"),
        ]  # fmt: skip
        for attempt, call in enumerate(calls, start=1):
            with pytest.raises(FetchError, match=f"its TLS certificate could not be verified .*({expected})") as e:
                call()
            assert "hunter2" not in str(e.value)
            assert "\n" not in str(e.value)
            assert str(e.value).endswith(".")
            assert server.connections == attempt, "no second try"
        assert server.seen == [], "not even the path is told to it, nor a password"


def test_a_permission_for_a_host_is_none_for_its_certificate(
    bad: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONHTTPSVERIFY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "HTTPX_VERIFY"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "127.0.0.1,localhost")
    with serve(bad[0]) as server, pytest.raises(FetchError, match="can't be trusted"):
        fetch(server.add("/feed", content(BODY)))


def test_a_redirect_to_a_server_without_proof(bad: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODNOTES_PRIVATE_HOSTS", "127.0.0.1")
    with serve(bad[0]) as server, Loopback() as first:
        with pytest.raises(FetchError, match=f"^{server.url('/there')} can't be trusted"):
            fetch(first.add("/feed", redirect(server.add("/there", content(BODY)))))
        assert server.seen == []


def test_the_name_counts_and_not_the_number(
    authority: trustme.CA, trusted_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, {"feeds.example": "127.0.0.1", "other.example": "127.0.0.1"})
    with serve(proof(authority.issue_cert("feeds.example"))) as server:
        server.add("/feed", content(BODY))
        assert fetch(server.url("/feed", host="feeds.example")).body == BODY
        with pytest.raises(FetchError, match="Hostname mismatch"):
            fetch(server.url("/feed", host="other.example"))


def test_credentials_go_from_http_to_https_of_one_host_and_never_back(
    authority: trustme.CA, trusted_file: Path
) -> None:
    with serve(proof(authority.issue_cert("127.0.0.1"))) as server, Loopback() as plain:
        plain.add("/there", content(BODY))
        server.add("/feed", redirect(plain.url("/there")))
        with pytest.raises(FetchError, match="local network"):  # another port is another server
            fetch(server.url("/feed", credentials="anna:hunter2"))
        assert "authorization" in server.seen[0].headers
        assert plain.seen == []


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100, b""])
def test_a_server_that_speaks_no_tls(says: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(says)
                connection.recv(1000)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(FetchError, match=r"TLS handshake|can't be reached|was cut") as caught:
            http.fetch(f"https://127.0.0.1:{listener.getsockname()[1]}/", trusted=True, max_bytes=9, deadline_s=30)
        thread.join(30)
        assert "\n" not in str(caught.value)


def test_a_handshake_that_never_ends_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes connections and says nothing
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(FetchError, match=r"can't be reached|took too long|sent no data"):
            http.fetch(url, trusted=True, max_bytes=9, deadline_s=1)


def test_certificates_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for text in (None, "no certificate"):
        path = tmp_path / f"{text}.pem"
        if text is not None:
            path.write_text(text)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        with pytest.raises(FetchError, match=r"can't be read: correct or unset"):
            fetch("https://127.0.0.1:1/")


def test_the_command_says_it_in_one_sentence(authority: trustme.CA, tmp_path: Path) -> None:
    with serve(proof(authority.issue_cert("127.0.0.1"))) as server:
        run = subprocess.run(
            [sys.executable, "-m", "podnotes", "feed", server.add("/feed", content(BODY))],
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stdout == ""
    assert "its TLS certificate could not be verified" in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


@pytest.fixture(autouse=True)
def _closed(recwarn: pytest.WarningsRecorder) -> Iterator[None]:
    """A connection that was refused is closed as well."""
    yield
    assert not [warning for warning in recwarn if issubclass(warning.category, ResourceWarning)]
