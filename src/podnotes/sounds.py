"""Annotations in transcripts: sounds ("[Music]", "(SIGHS)", "♪"), and gaps where words are missing.

Sounds are removed when a transcript is read. A gap stays, in a single spelling (:data:`GAP`): the sentence around it is
incomplete, and :func:`has_gap` tells that it must not be quoted.
"""

from __future__ import annotations

import re

#: Spelling of all gaps: "(unintelligible)", "[inaudible 00:12]", "[unverständlich]", "[??]", …
GAP = "[inaudible]"

# The gaps of podnotes itself (`podnotes.asr.coverage`), which are kept as they are.
_OWN_GAP = re.compile(r"\[not understood, \d+ s\]")
_BRACKETED = re.compile(
    r"\[(?P<square>[^\[\]]{0,80})\]|\((?P<round>[^()]{0,80})\)|\{(?P<curly>[^{}]{0,80})\}|<(?P<angle>[^<>]{1,80})>"
    r"|(?P<stars>\*{1,3})(?P<starred>[^*\n]{1,60})(?P=stars)"
    r"|（(?P<wide>[^（）]{0,80})）|［(?P<widesquare>[^［］]{0,80})］|【(?P<lens>[^【】]{0,80})】"
)
_HINTS = frozenset("[({<*（［【")
_SQUARE = frozenset({"square", "curly", "angle", "starred", "widesquare", "lens"})
_NOTES = "♩♪♫♬🎵🎶"
_NOTE = re.compile(f"[{_NOTES}]")
_PLAYED = re.compile(f"[{_NOTES}]+([^{_NOTES}\n]{{0,60}})[{_NOTES}]+")
_SUNG = re.compile(f"[{_NOTES}].*\\w.*[{_NOTES}]", re.DOTALL)
# A time or a range of times with its preposition: "inaudible at 00:12:30", "crosstalk 00:12 - 00:14".
_TIMES = re.compile(r"(?:\b(?:at|from|to)\s+|[@~–—-]\s*)?\b\d{1,3}(?:[:：]\d{2}){1,3}(?:[.,;:]\d{1,3})?\b")
_LEFT_OPEN = re.compile(r"\[([^\[\]\n]{1,40})$")
_LEFT_SHUT = re.compile(r"^[\d:.,;\s–—-]{1,24}\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_UNHEARD = re.compile(
    r"(?:inaudible|unintelligible|indistinct|indiscernible|undiscernible|indecipherable|undecipherable|unclear"
    r"|incomprehensible|imperceptible|not audible|can(?:'|no|’)?t hear|garbled|foreign|speaking foreign|speaks? foreign"
    r"|bleep\w*|bleeped|censored|expletive|redacted|missing|audio (?:cuts?|drops?|gap|lost|missing|skips?|breaks?)\w*"
    r"|(?:voice|sound|line|connection|recording|tape) (?:cuts?|drops?|breaks?|skips?)\w*"
    r"|unverständlich\w*|nicht verständlich|unhörbar|undeutlich|inintelligible|incompréhensible|inaudibles?"
    r"|ininteligible|incomprensible|no se entiende|inaudível|ininteligível|imperceptível|incomprensibile|inudibile"
    r"|onverstaanbaar|ohörbart|uhørbart|utydelig\w*|niezrozumiał\w*|неразборчиво|нрзб)(?!\w)"
    r"|聞き取|聴き取|不明瞭|听不清|聽不清|알아들을 수 없",
    re.IGNORECASE,
)
_TONGUE = re.compile(r"(?:speak(?:s|ing)|talk(?:s|ing)|in|sp(?:richt|eaking))\s+(?:in\s+)?[A-ZÀ-Þ][a-zà-ÿ]+$")
_NOTHING = re.compile(r"(?:\s*(?:\.{2,}|…|\?+|_+|[-–—]{2,}|\*+|blank|word|words)\s*)+", re.IGNORECASE)
_REMARK = re.compile(r"ph|phonetic|sp|sic|sp\?|ph\?|pronounced so", re.IGNORECASE)
_SOUND = re.compile(
    # English verbs in all forms, but not names that start like one ("Laughlin", "Moana").
    r"(?:(?:laugh|chuckl|giggl|snicker|cackl|guffaw|sigh|applaud|clap|cheer|boo|hum|whistl|cough|sneez|sniffl?|snort|inhal"
    r"|exhal|breath|gasp|groan|moan|grunt|snor|yawn|sob|weep|scream|shout|yell|shriek|whisper|mumbl|mutter|murmur|stutter"
    r"|stammer|overlapp?|paus|beep|buzz|knock|click|clack|clatter|bark|chim|honk|whoosh|swoosh|thud|bang|crash|splash"
    r"|creak|squeak|rustl|typ|tapp?|snap|kiss|smack|slurp|gulp|burp|hiccup|growl|howl|roar|hiss|echo|drum|ring|sing|cr(?:y|i))"
    r"(?:e?[sd]|e|(?:[a-z]?ing))?|laughter|applause|breath[sy]?|cross-?talk|simultaneous\w*|silen(?:ce|t)|static|nois[ey]\w*"
    r"|sounds?|audience|crowd|engine|wind|birds?|rain|thunder|bells?|jingles?|theme|intro|outro|interlude|transition"
    r"|instrumental|music\w*|songs?|guitars?|piano|trumpet|violin|horn|sirens?|alarm|gong|throats?|phones?|ringtone|doors?"
    r"|footsteps?|audio|feedback|distort\w*|commercials?|advertisements?|sfx"
    r"|lach(?:t|en|end)?|gelächter|musik|applaus|seufz\w*|hust(?:et|en)|räusper\w*|klatsch\w*|stille|durcheinander"
    r"|geräusche?|rires?|riant|musique|applaudissements?|soupirs?|soupire|toux|tousse|brouhaha|ris(?:as?|os?)|ríen?|música"
    r"|aplausos?|suspir\w*|ruidos?|risat[ae]|ride|musica|applausi|sospir\w*|rumor[ei]|gelach|lacht|muziek|zucht|skratt\w*"
    r"|latter|śmiech\w*|muzyka|oklaski|смех|смеётся|смеется|музыка|аплодисменты)(?!\w)"
    r"|笑|拍手|音楽|咳|ため息|効果音|掌声|音乐|웃음|박수|음악",
    re.IGNORECASE,
)
_MODIFIER = re.compile(
    r"a|an|the|and|in|on|of|both|all|everyone|everybody|speakers?|people|together|softly|quietly|loudly|heavily|deeply"
    r"|background|soft|loud|gentle|upbeat|dramatic|tense|light|heavy|deep|playing|plays|continues|ends|starts|begins|fades|out"
    r"|nervously|sarcastically|awkward|long|short|brief|off|mic|closes|opens|open|shut|slams|effects?|he|she|they|host|guest"
    r"|again|more|beat|clears?|his|her|their|with|over|other|each|talk(?:ing)?|up|down|under",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t]{2,}")
_BEFORE_MARK = re.compile(r"[ \t]+(?=[,.;!?…](?:\s|$))")
_HANGING = re.compile(r"^[ \t]*[,.;][ \t]+")


def has_gap(text: str) -> bool:
    """Return whether words in a text are missing or guessed, so that it must not be quoted."""
    if "[" not in text and "(" not in text and "{" not in text:
        return False
    return bool(_OWN_GAP.search(text)) or any(
        _judged(match) == GAP or (match.lastgroup == "square" and match.group().endswith("?]"))
        for match in _BRACKETED.finditer(text)
    )


def without_sounds(text: str) -> str:
    """Remove sounds from a text, and write gaps as :data:`GAP`.

    Other brackets stay ("[the] brain"), except for times in them. A text sung from one note sign to the other is kept
    unchanged, because nobody will mistake it for speech.

    Args:
        text: One or more lines of a cue, without mark-up.

    Returns:
        The text; "" if it contained only sounds.
    """
    changed = _BRACKETED.sub(_replacement, text) if not _HINTS.isdisjoint(text) else text
    if "[" in changed or "]" in changed:
        # A bracket that continues in the next cue.
        changed = _LEFT_OPEN.sub(lambda match: f" {GAP}" if _UNHEARD.match(match[1].strip()) else match[0], changed)
        changed = _LEFT_SHUT.sub("", changed)
    if _NOTE.search(changed):
        changed = _PLAYED.sub(lambda match: match.group() if _is_talk(match[1]) else " ", changed)
        if not _SUNG.fullmatch(changed.strip()):
            changed = _NOTE.sub(" ", changed)
    if changed == text:
        return text
    lines = (_HANGING.sub("", _BEFORE_MARK.sub("", _SPACE.sub(" ", line))).strip() for line in changed.split("\n"))
    return "\n".join(line for line in lines if line)


def is_bracketed_sound(content: str, *, square: bool = True) -> bool:
    """Return whether the content of a bracket is a sound or a gap, and so not a speaker."""
    return _judge(content, square=square) in ("", GAP)


def _is_talk(words: str) -> bool:
    return bool(_WORD.search(words)) and not _is_sound(words, square=True)


def _replacement(match: re.Match[str]) -> str:
    judged = _judged(match)
    if judged is None:
        return match.group()
    return f" {judged} " if judged == GAP else judged or " "


def _judged(match: re.Match[str]) -> str | None:
    kind = match.lastgroup or ""
    content = match.group(kind)
    if kind == "starred":
        # Stars surround sounds as well as emphasised words.
        return "" if _is_sound(content, square=True) else GAP if _UNHEARD.match(content.strip()) else None
    return _judge(content, square=kind in _SQUARE)


def _judge(content: str, *, square: bool) -> str | None:
    """Return the replacement of a bracket: "" for a sound, :data:`GAP`, other words, or None to keep it."""
    bare = _NOTE.sub(" ", _TIMES.sub(" ", content)).strip()
    if _NOTHING.fullmatch(bare):
        return GAP if square or not bare.isalpha() else None
    bare = bare.strip(" .,:;-–—!'\"")
    if not bare:
        return "" if content.strip() else None  # "{}" occurs in speech about programming
    words = _WORD.findall(bare)
    if not words:
        return "" if square and bare.isdigit() else GAP if square and set(bare) <= set("?_ ") else None
    heard = _UNHEARD.search(bare)
    if heard and len(words) <= (8 if square else 4) and (square or heard.start() == 0):
        return GAP
    if len(words) <= 4 and _TONGUE.match(bare):
        return GAP
    if _REMARK.fullmatch(bare):
        return ""
    if _is_sound(bare, square=square):
        return ""
    if square and _TIMES.search(content):  # a guessed word with its time
        return f"[{bare.rstrip('?')}?]"
    return None


def _is_sound(content: str, *, square: bool) -> bool:
    words = _WORD.findall(content)
    if not words or len(words) > 7:
        return False
    sounds = [bool(_SOUND.match(word)) for word in words]
    if not any(sounds) and not _SOUND.match(content.strip()):
        return False
    # Round brackets are also used for asides, so every word must be part of the sound.
    return (
        square
        or len(words) == 1
        or all(sound or _MODIFIER.fullmatch(word) for sound, word in zip(sounds, words, strict=True))
    )
