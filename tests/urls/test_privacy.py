"""Public feeds keep all their addresses; of a private feed, none is published or shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podnotes import compose_note, http, read_feed, render
from podnotes.audio.clips import clip_tags
from podnotes.models import Podcast
from podnotes.notes.citation import apa
from podnotes.notes.links import play_from, web_address
from tests.notes.material import OPTIONS, TOPICS, findings, transcript

if TYPE_CHECKING:
    from pathlib import Path

    from podnotes.models import Episode

#: Feed and audio address of a show as each host makes them; the shows are made up, the patterns are the hosts'.
PUBLIC = {
    "Megaphone": ("https://feeds.megaphone.fm/QRX7304518826", "https://traffic.megaphone.fm/QRX8126035594.mp3?updated=1700000000"),
    "Megaphone dynamic": ("https://feeds.megaphone.fm/touch-lab", "https://dcs.megaphone.fm/QRX4081963257.mp3?key=5f0c9a7de1b84c33a6d2f7e90b15c8aa&request_event_id=9b2e3c1d-77aa-4f0e-9d11-0a1b2c3d4e5f"),
    "Podtrac": ("https://rss.podtracfeeds.example/show.xml", "https://dts.podtrac.com/redirect.mp3/pdst.fm/e/chtbl.com/track/5D9A2/traffic.megaphone.fm/QRX1.mp3"),
    "Chartable": ("https://feeds.example.org/show", "https://chtbl.com/track/8EE31G/injector.simplecastaudio.com/5Yq3kZ0v/episodes/9d8c7b6a-1234-4cde-8f90-abcdefabcdef/audio/128/default.mp3?aid=rss_feed&awCollectionId=5Yq3kZ0v&feed=Tr8sKq2V"),
    "Simplecast": ("https://feeds.simplecast.com/Tr8sKq2V", "https://cdn.simplecast.com/audio/1f2e3d4c-aaaa-4bbb-8ccc-ddddeeeeffff/episodes/0a1b2c3d-4e5f-6789-abcd-ef0123456789/audio/5b6c7d8e-9f00-4111-8222-333344445555/default_tc.mp3?nocache"),
    "Buzzsprout": ("https://feeds.buzzsprout.com/1740283.rss", "https://www.buzzsprout.com/1740283/episodes/14210377-why-touch-calms.mp3"),
    "Libsyn": ("https://feeds.libsyn.com/118200/rss", "https://traffic.libsyn.com/secure/touchlab/TouchLab_Ep42_FinalMix2024V2b.mp3?dest-id=2310482"),
    "Acast": ("https://feeds.acast.com/public/shows/5f3c8a9be1d2c4a7b6e9d0f1", "https://sphinx.acast.com/p/open/s/5f3c8a9be1d2c4a7b6e9d0f1/e/65a1b2c3d4e5f60016a7b8c9/media.mp3"),
    "Acast by slug": ("https://rss.acast.com/touch-lab", "https://sphinx.acast.com/p/acast/s/touch-lab/e/https%3A%2F%2Fexample.org%2F%3Fp%3D41/media.mp3?tk=eyJ0ayI6ImRlZmF1bHQiLCJhZHMiOnRydWV9"),
    "Art19": ("https://rss.art19.com/touch-lab", "https://rss.art19.com/episodes/3f1e2d4c-5b6a-4798-8a9b-0c1d2e3f4a5b.mp3?rss_browser=BAhJIhRDaHJvbWUgMTIwLjAuMC4wBjoGRVQ%3D--5c4b1a"),
    "Omny": ("https://www.omnycontent.com/d/playlist/aaea4e69-af51-495e-afc9-a9760146922b/5e6f7081-92a3-4b4c-8d5e-6f708192a3b4/podcast.rss",
             "https://traffic.omny.fm/d/clips/aaea4e69-af51-495e-afc9-a9760146922b/77889900-aabb-4ccd-8eef-001122334455/audio.mp3?in_playlist=5e6f7081"),
    "Transistor": ("https://feeds.transistor.fm/touch-lab", "https://media.transistor.fm/3f9b2c7d/5a6e8f10.mp3"),
    "Podbean": ("https://feed.podbean.com/touchlab/feed.xml", "https://mcdn.podbean.com/mf/web/k9X2vQ7mZ4tB1nR8/Touch_Lab_Ep17_Final9bW3x.mp3"),
    "Spreaker": ("https://www.spreaker.com/show/4417209/episodes/feed", "https://api.spreaker.com/download/episode/58310274/2024_01_15_TouchLabS2E03.mp3"),
    "Captivate": ("https://feeds.captivate.fm/touch-lab/", "https://podcasts.captivate.fm/media/7e6d5c4b-3a29-4180-9f0e-1d2c3b4a5f6e/TL-Ep-12-MASTER-v3.mp3"),
    "Anchor": ("https://anchor.fm/s/3c9e1f70/podcast/rss", "https://anchor.fm/s/3c9e1f70/podcast/play/81726354/https%3A%2F%2Fd3ctxlq1ktw2nl.cloudfront.net%2Fstaging%2F2024-0-15%2F363636363-44100-2-8b7a6c5d4e3f2.m4a"),
    "SoundCloud": ("https://feeds.soundcloud.com/users/soundcloud:users:218430516/sounds.rss", "https://feeds.soundcloud.com/stream/1701234567-touch-lab-why-touch-calms.mp3"),
    "Fireside": ("https://feeds.fireside.fm/touchlab/rss", "https://aphid.fireside.fm/d/1437767933/b44de5fa-47c1-4e94-bf9e-c72f8d1c8f5d/6a9f1c7e-2b3d-4e5f-8091-a2b3c4d5e6f7.mp3"),
    "RedCircle": ("https://feeds.redcircle.com/6b1f8c3a-9d2e-4f70-8a5b-3c4d5e6f7081", "https://stream.redcircle.com/episodes/0f1e2d3c-4b5a-4968-8776-655443322110/stream.mp3"),
    "Blubrry": ("https://feeds.blubrry.com/feeds/1483920.xml", "https://media.blubrry.com/1483920/content.blubrry.com/1483920/TL042_GuestBergFINALmix2.mp3"),
    "Audioboom": ("https://audioboom.com/channels/5012345.rss", "https://audioboom.com/posts/8412345.mp3?modified=1705312345&sid=5012345&source=rss"),
    "Spotify": ("https://anchor.fm/s/aa11bb22/podcast/rss", "https://d3ctxlq1ktw2nl.cloudfront.net/staging/2024-1-2/5Yq3kZ0vT2xW8rB1nM4c.mp3"),
    "Ausha": ("https://feed.ausha.co/yJ7wxCPJ9dKq", "https://audio.ausha.co/Bw9VLHZ7wLYrKmP4sTqX2nD8.mp3?t=1705312345"),
    "Podigee": ("https://touchlab.podigee.io/feed/mp3", "https://audio.podigee-cdn.net/1398765-m-5f8d2b7c9e1a4036b2d7f0e8c3a51b6d.mp3?source=feed"),
    "Zencastr": ("https://feeds.zencastr.com/f/kTq81zVw.rss", "https://media.zencastr.com/audio-files/5f2a1c3b9d8e7f6a5b4c3d2e/0c9b8a7f-6e5d-4c3b-8a29-18070605f4e3.mp3"),
    "RSS.com": ("https://media.rss.com/touchlab/feed.xml", "https://media.rss.com/touchlab/20240115_100124_7b6f4d2c0e9a8b7c6d5e4f3a2b1c0d9e.mp3"),
    "Firstory": ("https://open.firstory.me/rss/user/ckm5g9hj5k5n0815a7x2q3w4e", "https://m.cdn.firstory.me/track/ckm5g9hj5k5n0815a7x2q3w4e/clr8k2m1a00010jqy7d3e5f6g/https%3A%2F%2Fd3mww1g1pfq2pt.cloudfront.net%2FRecord%2Fckm5g9%2Fclr8k2.mp3?v=1705312345"),
    "Flightcast": ("https://rss.flightcast.com/xmsftuzjjykcmqwolaqn6mdn.xml", "https://episodes.flightcast.com/01HM4Z8Q7WKX2T9B3NVR6C5D1E.mp3"),
    "Pinecast": ("https://pinecast.com/feed/touch-lab", "https://pinecast.com/listen/3f2e1d0c-9b8a-4765-8432-10fedcba9876.mp3?source=rss&ext=asset.mp3"),
    "Whooshkaa": ("https://rss.whooshkaa.com/rss/podcast/id/10482", "https://rss.whooshkaa.com/trk/d/10482/ep/1029384.mp3?token_free=1&v=2"),
    "BBC": ("https://podcasts.files.bbci.co.uk/p02nq0gn.rss", "http://open.live.bbc.co.uk/mediaselector/6/redir/version/2.0/mediaset/audio-nondrm-download/proto/http/vpid/p0h4x7zq.mp3"),
    "NPR": ("https://feeds.npr.org/510298/podcast.xml", "https://play.podtrac.com/npr-510298/prfx.byspotify.com/e/ondemand.npr.org/anon.npr-mp3/npr/ted/2024/01/20240115_ted_0.mp3?orgId=1&d=3018&p=510298&story=1198909999&t=podcast&e=1198909999&size=48298&ft=pod&f=510298"),
    "Patreon, public part": ("https://www.patreon.com/rss/touchlab", "https://dts.podtrac.com/redirect.mp3/c10.patreonusercontent.com/4/patreon-media/p/post/96412345/8f7e6d5c4b3a29180706f5e4d3c2b1a0/eyJhIjoxLCJwIjoxfQ%3D%3D/1.mp3"),
    "Amazon S3": ("https://s3.amazonaws.com/touchlab/Feeds/TouchLabMainFeed2024.xml", "https://touchlab.s3.amazonaws.com/Season2Ep07GuestDrBergFINAL.mp3?AWSAccessKeyId=AKIA0EXAMPLE&Expires=1900000000"),
    "WordPress": ("https://touchlab.example.com/category/podcast/feed/?author=3&post_type=podcast", "https://touchlab.example.com/podcast-player/4821/why-touch-calms.mp3?ref=feed&country_code=DE"),
    "YouTube": ("https://www.youtube.com/feeds/videos.xml?channel_id=UCk5Jz0qT8wVxR2mN4bP7sDg", "https://www.youtube.com/watch?v=Tq8ZkV2x_R4"),
    "FeedBurner": ("https://feeds.feedburner.com/TheTouchAndPainShow2024", "https://media.example.net/The_Touch_And_Pain_Show_S02E17x264Final.mp3"),
}  # fmt: skip

#: Feeds for one subscriber, as the services for members make their addresses.
PRIVATE = {
    "Patreon": "https://www.patreon.com/rss/touchlab?auth=k9X2vQ7mZ4tB1nR8sD3fG6hJ&show=481726",
    "Supercast": "https://feeds.supercast.com/feeds/Tq8ZkV2xR4mW9bN3pL7sDgYc",
    "Supporting Cast": "https://touchlab.supportingcast.fm/content/eyJ0IjoicCIsImMiOiIxMjM0IiwidSI6IjU2NzgifQ.rss",
    "Substack": "https://api.substack.com/feed/podcast/48172/private/3f2e1d0c-9b8a-4765-8432-10fedcba9876.rss",
    "Memberful": "https://touchlab.memberful.com/rss/4821?auth=Tq8ZkV2xR4mW9b",
    "Transistor": "https://subscribers.transistor.fm/8f7e6d5c4b3a29180706f5e4d3c2b1a0",
    "Acast Access": "https://access.acast.com/rss/3f2e1d0c-9b8a-4765-8432-10fedcba9876/default",
    "Ghost": "https://touchlab.example.com/members/3f2e1d0c-9b8a-4765-8432-10fedcba9876/podcast.rss",
    "token in the query": "https://touchlab.example.com/feed?access_token=abc",
    "key in the query": "https://touchlab.example.com/feed?key=abc",
    "signed": "https://touchlab.s3.amazonaws.com/feed.xml?X-Amz-Signature=0a1b2c",
    "password": "https://anna:hunter2@touchlab.example.com/feed",
}


@pytest.mark.parametrize("host", PUBLIC)
def test_the_feeds_of_public_hosts_are_public(host: str) -> None:
    feed, audio = PUBLIC[host]
    assert not http.is_private(feed)
    assert http.shown(feed) == feed
    assert http.shown(audio, private=False) == audio


@pytest.mark.parametrize("service", PRIVATE)
def test_the_feeds_of_services_for_members_are_private(service: str) -> None:
    feed = PRIVATE[service]
    assert http.is_private(feed)
    assert http.shown(feed) != feed


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Episode, ...]:
    """One episode of each public host, as a feed has them."""
    items = "".join(
        f"<item><title>{host}</title><guid>{number}</guid><link>https://touchlab.example.com/{number}/Ep2024aBcDeFgHiJkLmNo</link>"
        f'<enclosure url="{audio.replace("&", "&amp;")}" type="audio/mpeg" length="1"/></item>'
        for number, (host, (_, audio)) in enumerate(PUBLIC.items())
    )
    file = tmp_path_factory.mktemp("feeds") / "feed.xml"
    file.write_text(f'<rss version="2.0"><channel><title>Touch Lab</title>{items}</channel></rss>', "utf-8")
    return read_feed(file).episodes


def test_links_play_the_audio_of_public_hosts(published: tuple[Episode, ...]) -> None:
    assert len(published) == len(PUBLIC) >= 30
    for episode in published:
        assert episode.audio is not None
        assert play_from(episode, 61.9) == f"{web_address(episode.audio.url)}#t=61"
        assert str(episode.link) in apa(episode)
        assert str(episode.link) in clip_tags(episode, 0, 5)["comment"]
        assert "***" not in repr(episode)


@pytest.mark.parametrize("host", ["Libsyn", "Megaphone dynamic", "Podbean"])
def test_drafts_of_public_hosts_have_play_links(published: tuple[Episode, ...], host: str) -> None:
    episode = next(episode for episode in published if episode.title == host)
    note = compose_note(episode, findings(), transcript(), TOPICS, options=OPTIONS)
    links = [quote.url for section in note.sections for quote in section.quotes]
    assert links
    assert episode.audio is not None
    assert all(link is not None and link.startswith(f"{episode.audio.url}#t=") for link in links)
    assert str(episode.link) in note.citation
    assert "***" not in render(note, template="json")


def test_the_file_of_a_private_feed_is_known_by_the_address_that_it_gives_itself(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Touch Lab</title>'
        f'<atom:link rel="self" href="{PRIVATE["Supercast"]}"/><item><title>One</title><guid>1</guid>'
        "<link>https://touchlab.example.com/1</link>"
        '<enclosure url="https://cdn.example.com/u/481726/one.mp3" type="audio/mpeg"/></item></channel></rss>'
    )
    (episode,) = read_feed(file).episodes
    assert episode.private
    note = compose_note(episode, findings(), transcript(), TOPICS, options=OPTIONS)
    assert "https://" not in note.citation
    assert not any(quote.url for section in note.sections for quote in section.quotes)
    values = json.loads(render(note, template="json"))
    assert (values["episode"]["audio"], values["episode"]["link"]) == (None, None)
    assert "481726" not in repr(episode)


def test_what_is_printed_of_a_private_feed_without_episodes_shows_nothing() -> None:
    for address in PRIVATE.values():
        if "@" not in address:
            assert address not in repr(Podcast("Touch Lab", url=address))
