"""Dates in the formats and zones that feeds have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podnotes import read_feed
from podnotes.audio.names import audio_name
from podnotes.feeds.dates import moment
from podnotes.notes.citation import apa
from podnotes.pipeline.run import draft_name

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = {
    "Thu, 01 Jan 2026 10:00:00 GMT": "2026-01-01T10:00:00",
    "Thu, 01 Jan 2026 10:00:00 EST": "2026-01-01T15:00:00",
    "Thu, 01 Jan 2026 10:00:00 CET": "2026-01-01T09:00:00",
    "Wed, 01 Jul 2026 10:00:00 CEST": "2026-07-01T08:00:00",
    "Thu, 01 Jan 2026 10:00:00 AEDT": "2025-12-31T23:00:00",
    "Thu, 01 Jan 2026 10:00:00 GMT+1": "2026-01-01T09:00:00",
    "Thu, 01 Jan 2026 10:00:00 GMT+0100 (CET)": "2026-01-01T09:00:00",
    "Thu, 01 Jan 2026 10:00:00 +01:00": "2026-01-01T09:00:00",
    "Thu, 01 Jan 2026 10:00:00 -0800 PST": "2026-01-01T18:00:00",
    "Thu, 01 Jan 2026 10:00:00GMT": "2026-01-01T10:00:00",
    "Thu, 01 Jan 26 10:00:00 GMT": "2026-01-01T10:00:00",
    "Thur, 01 Jan 2026 10:00:00 GMT": "2026-01-01T10:00:00",
    "Tues, 01 Sept 2026 10:00:00 GMT": "2026-09-01T10:00:00",
    "Do, 01 Jan 2026 10:00:00 +0100": "2026-01-01T09:00:00",
    "1 Jan 2026": "2026-01-01T00:00:00",
    "Thursday, January 1, 2026": "2026-01-01T00:00:00",
    "Thu Jan 01 10:00:00 2026": "2026-01-01T10:00:00",
    "Thu Jan 01 10:00:00 CET 2026": "2026-01-01T09:00:00",
    "2026-01-01T10:00:00.123456Z": "2026-01-01T10:00:00",
    "2026-01-01T10:00:00+01:00": "2026-01-01T09:00:00",
    "2026-01-01T10:00:00+0100": "2026-01-01T09:00:00",
    "2026-01-01 10:00:00 UTC": "2026-01-01T10:00:00",
    "2026-01-01 10:00:00": "2026-01-01T10:00:00",
    "2026-1-1 9:05": "2026-01-01T09:05:00",
    "20260101T100000Z": "2026-01-01T10:00:00",
    "20260101": "2026-01-01T00:00:00",
    "2026/01/31": "2026-01-31T00:00:00",
    "2026.01.31 10:00": "2026-01-31T10:00:00",
    "31.01.2026 10:00": "2026-01-31T10:00:00",
    "01/31/2026": "2026-01-31T00:00:00",
    "2026": "2026-01-01T00:00:00",
}
NO_DATES = [
    "", "now", "<b>", "0000-00-00 00:00:00", "Thu, 32 Jan 2026 10:00:00 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
    "2026-13-01", "2026/13/01", "1 Jan 0001", "9999999999999", "1 Jan 9999", "12345678901234567890",
    "Thu, 99 99 9999 99:99:99 +9999",
]  # fmt: skip


def test_dates_as_feeds_write_them(tmp_path: Path) -> None:
    dates = [*WRITTEN, *NO_DATES]
    items = "".join(
        f"<item><title>{number}</title><guid>{number}</guid><pubDate><![CDATA[{date}]]></pubDate></item>"
        for number, date in enumerate(dates)
    )
    (tmp_path / "feed.xml").write_text(f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>")
    found = {
        dates[int(episode.title)]: episode.published
        and episode.published.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
        for episode in read_feed(tmp_path / "feed.xml").episodes
    }
    assert found == WRITTEN | dict.fromkeys(NO_DATES)


MOMENTS = st.integers(631152000, 4102444800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(MOMENTS, ZONES)
def test_dates_are_read_with_their_zone(when: datetime, zone: timezone) -> None:
    there = when.astimezone(zone)
    for text in (there.isoformat(), there.isoformat(" "), format_datetime(there)):
        assert moment(text) == when


@given(st.text(max_size=60))
def test_a_date_is_a_moment_or_nothing(text: str) -> None:
    found = moment(text)
    assert found is None or (found.tzinfo is not None and 1969 <= found.astimezone(UTC).year <= 2201)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Wed, 31 Dec 2025 21:00:00 -0500", "2025-12-31"),
        ("Wed, 31 Dec 2025 21:00:00 EST", "2025-12-31"),
        ("31 Dec 2025 21:00 -0500", "2025-12-31"),
        ("2025-12-31T21:00:00-05:00", "2025-12-31"),
        ("2025-12-31 21:00:00-0500", "2025-12-31"),
        ("Thu, 01 Jan 2026 06:00:00 +0900", "2026-01-01"),
        ("Thu, 01 Jan 2026 06:00:00 JST", "2026-01-01"),
        ("Do, 01 Jan 2026 00:30:00 +0100", "2026-01-01"),
        ("Thu, 01 Jan 2026 00:30:00 CET", "2026-01-01"),
        ("2026-01-01T00:30:00Z", "2026-01-01"),
        ("Wed, 31 Dec 2025 23:30:00 -0000", "2025-12-31"),
    ],
)
def test_the_day_is_the_publishers(written: str, day: str, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(
        "<rss version='2.0'><channel><title>T</title><item><title>One</title><guid>1</guid>"
        f"<pubDate>{written}</pubDate><enclosure url='https://a.example/1.mp3' type='audio/mpeg'/></item>"
        "</channel></rss>"
    )
    (episode,) = read_feed(feed).episodes
    assert episode.published is not None
    assert episode.published.date().isoformat() == day
    year, month, number = day.split("-")
    month = {"12": "December", "01": "January"}[month]
    assert f"({year}, {month} {int(number)})" in apa(episode)
    assert audio_name(episode).startswith(f"{day}-One")
    assert draft_name(episode).startswith(day)
