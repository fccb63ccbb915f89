"""Citations in APA style, and names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from podnotes.models import Enclosure, Episode, Person
from podnotes.notes.citation import apa
from podnotes.notes.links import play_from, web_address
from podnotes.text.sentences import Sentence
from podnotes.timestamps import clock
from podnotes.transcripts.people import introduced, plain_name, speaker_name

EPISODE = Episode(
    guid="e",
    title="Why it hurts",
    podcast="Body Talk",
    published=datetime(2021, 8, 9, tzinfo=UTC),
    link="https://example.org/32",
    number=32,
)


@pytest.mark.parametrize(
    ("persons", "start"),
    [
        ((Person("Ada Brandt"),), "Brandt, A. (Host). (2021, August 9). "),
        ((Person("Ada M. Brandt, PhD"), Person("Jo Lee")), "Brandt, A. M., & Lee, J. (Hosts). (2021, August 9). "),
        ((Person("Dr. Jean-Luc van der Berg"),), "van der Berg, J.-L. (Host). (2021, August 9). "),
        ((Person("Ada Brandt"), Person("Noor Haddad", "guest")), "Brandt, A. (Host). (2021, August 9). "),
        ((Person("Madonna"),), "Madonna (Host). (2021, August 9). "),
    ],
)
def test_hosts_are_the_authors(persons: tuple[Person, ...], start: str) -> None:
    rest = "Why it hurts (No. 32) [Audio podcast episode]. In Body Talk. https://example.org/32"
    assert apa(EPISODE, persons) == start + rest


@pytest.mark.parametrize(
    "author",
    ["The Changelog Media", "Ada Brandt", "Ada Brandt and Jo Lee", "Dr. Noor S. P. Haddad", "Nerve Industries"],
)
@pytest.mark.parametrize("persons", [(), (Person("Noor Haddad", "guest"),), (Person("Noor Haddad", "speaker"),)])
def test_without_a_host_the_podcast_is_cited(author: str, persons: tuple[Person, ...]) -> None:
    cited = apa(replace(EPISODE, author=author), persons)
    assert cited == (
        "Body Talk. (2021, August 9). Why it hurts (No. 32) [Audio podcast episode]. In Body Talk. https://example.org/32"
    )


def test_what_is_not_known_is_left_out() -> None:
    bare = Episode(guid="e", title="What now?")
    assert apa(bare) == "What now? [Audio podcast episode]. (n.d.)."
    assert "(No. 32)" not in apa(replace(EPISODE, title="32: Why it hurts"))


def test_only_the_web_is_linked() -> None:
    local = replace(EPISODE, link="javascript:alert(1)", audio=Enclosure("/home/her/a.mp3"))
    assert apa(local).endswith("In Body Talk.")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Mireille B. Reece, Psy.D", "Mireille B. Reece"),
        ("Mireille Reece, PsyD", "Mireille Reece"),
        ("Jane Doe, M.D., Ph.D.", "Jane Doe"),
        ("SPEAKER_00", None),
        ("speaker 3", None),
        ("Host", None),
        ("A", None),
        ("", None),
        (None, None),
        ("Maria", "Maria"),
        ("  Dr.  Keller ", "Dr. Keller"),
    ],
)
def test_names_and_labels(label: str | None, name: str | None) -> None:
    assert plain_name(label) == name


def test_a_first_name_becomes_the_full_one_only_when_it_is_one_persons() -> None:
    people = (Person("Maria Holm"), Person("Doctor Keller", "guest"))
    assert speaker_name("Maria", people) == "Maria Holm"
    assert speaker_name("Keller", people) == "Doctor Keller"
    assert speaker_name("Maria", (*people, Person("Maria Keller"))) == "Maria"
    assert speaker_name("Tom", people) == "Tom"


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("I'm Ada Brandt, and this is Body Talk.", [("Ada Brandt", "host")]),
        ("My guest today is Dr. Noor Haddad.", [("Dr. Noor Haddad", "guest")]),
        ("Today, my guest is Ido Portal.", [("Ido Portal", "guest")]),
        ("Today I'm talking with Jane van der Berg about pain.", [("Jane van der Berg", "guest")]),
        ("Today's guest is Jo Lee.", [("Jo Lee", "guest")]),
        ("I'm Jo Lee, your host.", [("Jo Lee", "host")]),
        ("I'm Jo Lee, and I had pain for years.", []),
        ("My name is Noor Haddad, and this is what I found.", []),
        ("I'm Very happy to be here.", []),
        ("My guest today is somebody special.", []),
        ("I am tired.", []),
    ],
)
def test_introductions(said: str, people: list[tuple[str, str]]) -> None:
    found = introduced([Sentence(3.0, 6.0, said)])
    assert [(person.name, person.role) for person in found] == people


def test_a_name_beside_the_welcome_is_the_hosts() -> None:
    said = [
        "It took ten years.",
        "I'm Noor Haddad, I had pain.",
        "It was hard.",
        "Welcome to Body Talk.",
        "I'm Ada Brandt.",
    ]
    found = introduced([Sentence(5.0 * place, 5.0 * place + 4, text) for place, text in enumerate(said)])
    assert found == (Person("Ada Brandt", "host"),)


def test_names_late_in_the_episode_introduce_nobody() -> None:
    assert introduced([Sentence(3000.0, 3003.0, "My guest today is Jo Lee.")]) == ()


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://example.org/a b.mp3?x=1&y=(2)", "https://example.org/a%20b.mp3?x=1&y=%282%29"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("HTTP://example.org/é", "HTTP://example.org/é"),
        ("https://example.org/a\nb", "https://example.org/a%0Ab"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org/x", None),
        ("http://[broken", None),
        ("/home/her/a.mp3", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses(url: str | None, clean: str | None) -> None:
    assert web_address(url) == clean


def test_links_to_the_second() -> None:
    episode = replace(EPISODE, audio=Enclosure("https://example.org/32.mp3?a=1#old"))
    assert play_from(episode, 754.9) == "https://example.org/32.mp3?a=1#t=754"
    assert clock(3723.9) == "1:02:03"
    assert clock(-1) == "0:00"
