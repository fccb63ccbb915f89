"""Telling the language of a talk."""

from __future__ import annotations

import pytest

from podnotes.text.languages import guess_language, language_name, primary, spoken_language

TALKS = {
    "en": (
        "I think that pain is not just a matter of the body, but that it also has to do with the brain and with "
        "how we feel. When a person has back pain for many years, then everything hurts more than it did before."
    ),
    "de": (
        "Ich glaube, dass Schmerz nicht nur eine Sache des Körpers ist, sondern auch mit dem Gehirn zu tun hat "
        "und damit, wie wir uns fühlen. Wenn jemand viele Jahre Rückenschmerzen hat, dann tut alles mehr weh als "
        "vorher. Deshalb ist es wichtig, dass wir uns bewegen und gut schlafen."
    ),
    "da": (
        "Jeg tror, at smerte ikke kun er en sag for kroppen, men at den også har noget at gøre med hjernen og "
        "med, hvordan vi har det. Når et menneske har ondt i ryggen i mange år, så gør det hele mere ondt end "
        "før."
    ),
    "no": (
        "Jeg tror at smerte ikke bare er en sak for kroppen, men at den også har noe å gjøre med hjernen og med "
        "hvordan vi har det. Når et menneske har vondt i ryggen i mange år, da gjør alt mer vondt enn det gjorde "
        "før."
    ),
    "pt": (
        "Eu acho que a dor não é só uma coisa do corpo, mas também tem a ver com o cérebro e com o jeito como "
        "a gente se sente. Quando uma pessoa tem dor nas costas durante muitos anos, então tudo dói mais do que "
        "antes."
    ),
    "ja": (
        "痛みは体だけの問題ではなくて、脳とも関係があるし、私たちがどう感じているかとも関係があると思います。何"
        "年も腰が痛い人は、神経系が敏感になって、それで前よりも何でも痛くなってしまうんですね。"
    ),
    "zh": (
        "我觉得疼痛不仅仅是身体的问题，它也和大脑有关系，和我们的感受有关系。一个人如果背痛很多年，他的神经系统"
        "就会变得更敏感，然后什么都比以前更痛。所以活动身体和好好睡觉是很重要的，对我们每个人都是这样。"
    ),
    "ko": (
        "저는 통증이 몸만의 문제가 아니라 뇌와도 관련이 있고 우리가 어떻게 느끼는지와도 관련이 있다고 생각합니"
        "다. 한 사람이 몇 년 동안 허리가 아프면 신경계가 더 예민해지고 그러면 모든 것이 전보다 더 아프게 됩니다"
        ". 그래서 움직이는 것과 잘 자는 것이 중요합니다. 우리 모두에게 그렇습니다. 정말로 그렇습니다."
    ),
    "und": (
        "Nadhani maumivu si jambo la mwili tu, bali pia yanahusiana na ubongo na jinsi tunavyojisikia. Mtu anapokuwa "
        "na maumivu ya mgongo kwa miaka mingi, mfumo wa neva huwa nyeti zaidi na kisha kila kitu huumiza zaidi "
        "kuliko hapo. Ndiyo maana ni muhimu kusonga na kulala vizuri, kwa kila mmoja wetu."
    ),
}


@pytest.mark.parametrize("language", TALKS)
def test_languages_are_told_apart(language: str) -> None:
    assert guess_language(TALKS[language].split(". ")) == language


def test_terse_english_is_english() -> None:
    symptoms = (
        "Week two: hip pain, stiff lower back, poor sleep, no headaches. Massage twice weekly, gentle stretching, "
        "daily walking, warm baths. Left shoulder better, right knee swollen after stairs. Next week: less sitting, "
        "longer walks, breathing exercises before bed, and a new pillow for the neck."
    )
    assert guess_language([symptoms]) == "en"
    assert guess_language(["Bolest zad a krku, a potom cviky, masáž a dech. " * 8]) == "und"


def test_too_little_text_tells_nothing() -> None:
    assert guess_language(["Pain is a decision of the brain."]) is None
    assert spoken_language(["Pain."], "en-GB") == "en"
    assert spoken_language(["Pain."], None) is None


def test_words_go_over_what_a_transcript_states() -> None:
    assert spoken_language([TALKS["de"]], "en") == "de"
    assert spoken_language([TALKS["und"]], "sw-KE") == "sw"
    assert spoken_language([TALKS["und"]], "en") == "und"


def test_a_language_has_one_tag() -> None:
    assert [primary(tag) for tag in ("nb-NO", "nn", "en_US", "und", "", None)] == ["no", "no", "en", None, None, None]
    assert language_name("de") == "German"
    assert language_name("xx") == "xx"
