"""Bytes to text whatever they are declared as: what is right stays, what can be known is found, nothing fails."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from podnotes.charsets import charset_of, decode, known_encoding

SENTENCES = {
    "be": ("Чаму дотык супакойвае нервовую сістэму", ["cp1251", "iso8859-5"]),
    "bg": ("Защо докосването успокоява нервната система", ["cp1251"]),
    "ru": ("Боль и мозг: почему прикосновение успокаивает", ["cp1251", "koi8-r", "iso8859-5", "cp866"]),
    "uk": ("Біль і мозок: чому дотик заспокоює нервову систему", ["cp1251", "koi8-u"]),
    "el": ("Γιατί το άγγιγμα ηρεμεί το νευρικό σύστημα", ["cp1253", "iso8859-7"]),
    "he": ("מדוע מגע מרגיע את מערכת העצבים ומה עושים האנדורפינים", ["cp1255"]),
    "ar": ("لماذا تهدئ اللمسة الجهاز العصبي وما هو الألم", ["cp1256"]),
    "ja": ("なぜ触れると落ち着くのか：痛みと脳と神経系の話", ["cp932", "euc-jp", "iso2022_jp"]),
    "zh-Hans": ("为什么触摸能使人平静：疼痛、大脑与神经系统", ["gbk", "gb18030"]),
    "zh-Hant": ("為什麼觸摸能使人平靜：疼痛、大腦與神經系統", ["big5"]),
    "ko": ("왜 접촉은 마음을 가라앉히는가: 통증과 뇌와 신경계", ["euc-kr"]),
    "th": ("ทำไมการสัมผัสจึงทำให้สงบ ความเจ็บปวดและสมอง", ["cp874"]),
    "de": ("Wie Berührung beruhigt – für Ältere „schön“ erklärt", ["cp1252"]),
    "fr": ("La douleur expliquée : l’été, la mémoire, où ça fait mal", ["cp1252"]),
    "es": ("¿Por qué el tacto calma? El sueño y el corazón", ["cp1252", "iso8859-15"]),
    "pt": ("Não é só dano: a emoção e o coração são parte da solução", ["cp1252"]),
    "pl": ("Dlaczego dotyk uspokaja: ból, mózg i układ nerwowy, źródło", ["cp1250", "iso8859-2"]),
    "cs": ("Proč dotek uklidňuje: bolest, mozek a nervová soustava, příště", ["cp1250", "iso8859-2"]),
    "hu": ("Miért nyugtat az érintés: fájdalom, agy és idegrendszer, őszintén", ["cp1250"]),
    "tr": ("Dokunma neden yatıştırır: ağrı, beyin ve sinir sistemi, şifa", ["cp1254"]),
    "lt": ("Kodėl prisilietimas ramina: skausmas, smegenys, šiąnakt", ["cp1257"]),
}
WRITTEN = [(language, text, name) for language, (text, names) in SENTENCES.items() for name in names]


def document(text: str) -> str:
    return f"<rss><channel><title>{text}</title><item><title>Pain &amp; touch</title></item></channel></rss>"


@pytest.mark.parametrize(("language", "text", "name"), WRITTEN)
def test_undeclared_text(language: str, text: str, name: str) -> None:
    # The few accents of one sentence tell too little of some languages.
    text = f"{text}. " * (4 if language in {"pl", "cs", "hu", "tr", "lt"} else 1)
    assert decode(document(text).encode(name)) == document(text)


@pytest.mark.parametrize(("text", "name"), [row[1:] for row in WRITTEN])
def test_what_is_declared_rightly_is_taken(text: str, name: str) -> None:
    assert decode(document(text).encode(name), declared=[name]) == document(text)
    assert decode(document(text).encode(name), declared=["x-unknown", "utf-8", name]) == document(text)


FOREIGN = [row[1:] for row in WRITTEN if row[1][8] > "\u0300" and row[2] != "iso2022_jp"]


@pytest.mark.parametrize(("text", "name"), FOREIGN)
@pytest.mark.parametrize("said", ["iso-8859-1", "windows-1252", "utf-8", "us-ascii"])
def test_what_is_declared_wrongly_is_not(text: str, name: str, said: str) -> None:
    assert decode(document(text).encode(name), declared=[said]) == document(text)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Caf\xe9", "Café"),
        (b"don\x92t \x96 \x93pain\x94", "don’t – “pain”"),
        (b"5 \xb0C, \xa9 2026, \xbfQu\xe9?", "5 °C, © 2026, ¿Qué?"),
        (b"Espa\xf1a, M\xc3\xbcller", "España, Müller"),
        (b"\xef\xbb\xbfEspa\xf1a", "España"),
        ("Müllers schöne Käse".encode() + b"\xc3", "Müllers schöne Käse\ufffd"),  # cut within a letter
        ("Боль ".encode() + b"\x96" + " мозг".encode(), "Боль – мозг"),
        ("触れると".encode()[:-1], "触れる\ufffd"),
        ("触れる Espa".encode() + b"\xf1a", "触れる España"),
        (b"caf\xe9\xbb and caf\xe9\xab", "café» and café«"),
    ],
)
def test_short_and_mixed_text(data: bytes, expected: str) -> None:
    assert decode(data) == expected


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["<rss><title>Café – ок</title></rss>", "\n  1\n00:00:01,000 --> 00:00:02,000\n触れる"]
)
def test_wide_characters_without_a_mark(name: str, text: str) -> None:
    assert decode(text.encode(name)) == text
    assert decode(text.encode(name), declared=["utf-8"]) == text


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-8-sig"]), st.sampled_from(["", "cp1252", "shift_jis"]))
@example("a" * 3 + "\ufeff", "utf-8", "")
def test_utf8_stays_what_it_is(text: str, name: str, said: str) -> None:
    text = text.replace("\0", "").replace("\x1b", "").lstrip("\ufeff")
    assert decode(text.encode(name), declared=[said]) == text


@given(st.binary(max_size=300), st.lists(st.sampled_from(["utf-8", "gbk", "latin-1", "hex", "idna", "x", ""])))
def test_nothing_fails(data: bytes, declared: list[str]) -> None:
    assert isinstance(decode(data, declared=declared), str)


@pytest.mark.parametrize(
    "piece",
    [
        b"\xe9a",
        b"\xff",
        b"a\xe9 b",
        "Боль ".encode("cp1251"),
        "触れ ".encode("cp932"),
        "é".encode() + b"\xe9a",
        b"\x1b$",
    ],
)
def test_large_documents_of_noise_are_read_to_the_end(piece: bytes) -> None:
    # About a second each; what takes time by the square of the size would not end here.
    data = piece * (4_000_000 // len(piece))
    assert len(decode(data + b"<end/>")) >= len(data) // 4
    assert decode(data + b"<end/>").endswith("<end/>")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("GB2312", "gb18030"), ("Shift_JIS", "cp932"), ("windows-1251", "cp1251"), ("ISO-8859-1", "cp1252"),
     ("UTF8", "utf-8"),
     ("rot13", ""), ("zip", ""), ("idna", ""), ("x-nonsense", ""), ("", ""), ("a\0b", "")],
)  # fmt: skip
def test_names_of_encodings(name: str, meant: str) -> None:
    assert known_encoding(name) == meant


@pytest.mark.parametrize(
    ("header", "name"),
    [("text/xml; charset=UTF-8", "UTF-8"), ('text/xml;charset = "koi8-r"', "koi8-r"), ("text/xml", ""), ("", "")],
)
def test_the_charset_of_a_header(header: str, name: str) -> None:
    assert charset_of(header) == name
