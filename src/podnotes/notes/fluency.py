"""Does a spoken sentence stand on its own on paper?

Talk leans on what was said before ("And that's why …") and on the room ("as I mentioned"). A sentence that is lifted
out of it reads well when it begins with a subject that it names itself, says something rather than announcing it, and is
free of stumbling. These are rules on surface words, as no tagger is at hand without a download; they are meant to be
strict, because there are always more sentences than a draft has room for.
"""

from __future__ import annotations

import re

# What speakers put before a sentence without meaning anything by it. Longer ones first.
_OPENERS = (
    r"and so then|and so|and then|and now|and again|and also|and yet|and actually|and indeed|but again|but also|but then|"
    r"but now|but so|but actually|so again|so then|so now|so basically|so actually|now again|okay so|all right so|"
    r"alright so|you know|i mean|of course|in fact|after all|in other words|by the way|in any case|in any event|at any rate|"
    r"that said|having said that|once again|first of all|as i said|as i mentioned|to be clear|just to be clear|"
    r"all right|alright|let's see|well|okay|ok|right|yeah|yes|yep|no|oh|ah|um|uh|uhm|hmm|hm|mm|mhm|now|so|and|but|also|again|"
    r"then|like|actually|basically|anyway|anyways|honestly|look|listen|remember|indeed|therefore|thus|hence|however|"
    r"moreover|furthermore|additionally|likewise|similarly|instead|meanwhile|plus|though|still|absolutely|exactly|"
    r"definitely|totally|interestingly|interestingly enough|importantly|incidentally|essentially|essentially then|"
    r"of note|fortunately|unfortunately|specifically|in particular|more specifically|conversely|in contrast"
)
_OPENER = re.compile(rf"(?:{_OPENERS})(?:,\s*|\s+)(?=\S)", re.IGNORECASE)
# "So much", "still water", "like many", "no pain": the word belongs to the sentence.
_NOT_OPENER = re.compile(
    r"(?:so (?:many|much|far|few|little|long|called|-called|what|that)\b|no (?!,)|right (?:before|after|now|here|there|around|away|side|"
    r"hand|at|on|in|when|as)\b|well[- ](?:being|known|established)|still (?:water|life)|like (?!,|i\b|you\b|it\b|we\b)|now that\b|"
    r"then[- ]|again and|look (?:at|for|into|like)|listen to|remember (?:the|to)|also known|exactly (?:the|how|what|where|when)|"
    r"but for|like,? totally|instead of|in contrast to|right,? left|plus (?:or|minus)|though [a-z]+ (?:is|are|was)|"
    r"specifically the|similarly to|ok(?:ay)? with|no,? no)",
    re.IGNORECASE,
)

_PRONOUN_START = re.compile(
    r"(?:he|she|they|this|that|these|those|such|both|neither|either|his|her|hers|their|theirs|its|him|them|each|"
    r"he's|she's|they're|they've|they'd|that's|that'll|this's|it'll|it's|its|it|here|here's|there|there's|which|who|whom|whose|"
    r"where|because|cause|'cause|or|nor|than|same|another|others|some of (?:these|those|them)|one of (?:these|those|them)|"
    r"(?:all|most|many|none|any|each|both|neither|either|much|part|half) of (?:these|those|that|this|them|it|which)|"
    r"the (?:same|other|others|former|latter|second|third|fourth|next|last|first|answer|reason|point|idea|question|rest|"
    r"above|following|result|results|reason why|one|ones)|"
    r"a (?:second|third|similar|different)|for (?:instance|example)|similar|likewise|otherwise|else|if so|if not|"
    r"what (?:this|that|he|she|they|i)|when (?:this|that|he|she|they|it)|if (?:this|that|he|she|they|it)|"
    r"as (?:a result|i|we|you (?:may|might|can|could|will|probably|know|recall|all))|"
    r"in (?:this|that|these|those|which|both|each|addition|doing) ?|(?:by|from|with|for|of|to|on|at|after|before|during|through) "
    r"(?:this|that|these|those|them|it|which|doing|him|her|all)|like (?:this|that|i|so)|not only that|"
    r"one (?:is|was|thing|would|can|could|reason|way|example|of the (?:things|ways|reasons|questions))|"
    r"just|even|only|maybe|perhaps|sort of|kind of|to (?:this|that|me)|even (?:so|though|if (?:this|that|it)))\b",
    re.IGNORECASE,
)
# "It turns out that pain …" points forward, not back; so does "There are two kinds of fibers".
_FORWARD_START = re.compile(
    r"(?:it(?:'s| is| was| has been|'s been| can be| may be| might be| turns?| seems?| appears?)(?: \w+ly)? ?(?:out|important|possible|clear|"
    r"known|well known|true|shown|interesting|worth|believed|thought|likely|estimated|easy|hard|difficult|essential|"
    r"crucial|helpful|useful|fair|established|well established|appreciated|necessary)?(?: \w+)? (?:that|to|how|why|when)\b|"
    r"there(?:'s| is| are| was| were|'re)(?: \w+){0,2} (?:a|an|two|three|four|five|six|several|many|no|some|now|evidence|studies|"
    r"data|good|multiple|different|specific|certain|neurons|cells|receptors|nerves|things|people|ways|growing)\b|"
    r"both (?:\w+ )?(?:and|\w+s)\b|each (?:time|of us|person|one of us|day|neuron|cell|nerve)|either \w+ or|such as|here are|"
    r"just (?:as|like|by)|even (?:a|the|when|people|in|small|brief|short|mild)|only (?:a|the|when|about|one)|"
    r"this (?:morning|week|year)|those who|those of (?:us|you)|that (?:pain|touch|stress) )",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    r"\b(?:this|these|those|such|aforementioned)\b|\bthat (?:study|paper|pathway|circuit|process|system|person|case|experiment|"
    r"one|area|neuron|way|point|kind|sort|type|sense|particular|same|very|is|was|means|makes|would|could)\b",
    re.IGNORECASE,
)
_BACKWARD_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their|it|its)\b", re.IGNORECASE)

# Talk about the talk: announcing, recalling, greeting.
_ANNOUNCE = re.compile(
    r"\b(?:(?:i'm|we're|i am|we are) (?:going to|gonna|about to|talking)|i(?:'ll| will)\b|we(?:'ll| will)\b|let's|let me|"
    r"i(?:'d| would) (?:like|love) to|i (?:just )?want(?:ed)? to|i want you|i should (?:mention|say|point|note)|"
    r"i (?:just )?(?:mentioned|said|talked|described|told|referred|covered|discussed|promise|recommend|encourage|invite)|"
    r"i've (?:mentioned|said|talked|described|covered|discussed)|we(?:'ve)? (?:just |already )?(?:talked|discussed|covered|mentioned|"
    r"said|described|heard|learned|saw)|today|tonight|episodes?|podcasts?|listeners?|viewers?|on youtube|show notes?|caption|"
    r"in a (?:moment|minute|second|bit)|earlier|later on|previously|as (?:i|we|you) (?:mentioned|said|know|just|recall)|"
    r"next (?:time|week)|stay tuned|by the way|thank you|thanks|welcome|guys|folks|great question|good question|"
    r"if you(?:'re| are) interested|links? (?:to|in)|provide a link|look (?:it |this |them )?up|google|"
    r"you might be (?:asking|wondering|thinking|saying)|you(?:'re| are) (?:probably|maybe) (?:asking|wondering|thinking)|"
    r"bear with me|don't worry|just to recap|recap|to review|in summary|pause|blah|quote unquote|discussion|conversation|topic)\b",
    re.IGNORECASE,
)
# The speaker's own life and views: good in a quote, out of place in a summary.
_PERSONAL = re.compile(
    r"\b(?:i|i'm|i've|i'd|me|my|mine|we've|you and i|some of you|many of you|most of you|for those of you|all of you|those of you|"
    r"keep in mind|so to speak|if you will|this is a (?:great|good)|everybody)\b",
    re.IGNORECASE,
)
_STUMBLE = re.compile(
    r"\b(?:um+|uh+|er+m?|hmm+|you know|i mean|sort of|kind of|kinda|gonna|wanna|whatnot|or whatever|and stuff|and things|stuff|"
    r"things? like that|or something|okay|ok|right|yeah|literally|basically|actually|obviously|really|just|very very|totally)\b"
    r"|\b(\w+),? \1\b|[…♪\[\]]|\.\.\.|--|—",
    re.IGNORECASE,
)
_TAG_QUESTION = re.compile(
    r",? (?:right|okay|ok|you know|isn't it|correct|huh|yeah|don't you think)[?.!]?$", re.IGNORECASE
)
# Enough of a verb for a sentence; an extract without one is a heading or a stammer.
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|do|does|did|can|could|may|might|will|would|should|must|'s|'re|"
    r"means?|makes?|made|gets?|got|goes|went|comes?|came|takes?|took|gives?|gave|causes?|caused|shows?|showed|shown|finds?|found|"
    r"leads?|led|keeps?|kept|feels?|felt|knows?|knew|works?|helps?|acts?|needs?|says?|said|sends?|sent|tells?|told|"
    r"\w{3,}(?:ates?|ates|izes?|ises?|ifies|ify|uces?|ases?|eases?|ects?|ibits?|ains?|olves?|ives?|ends?|ets|ains|orts?|ins|ows?|"
    r"ated|ized|ified|uced|ased|ected|ibited|ained|olved|ended))\b|\w's\b|\w're\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def count_words(text: str) -> int:
    """How many words a text has, as a person counts them."""
    return len(text.split())


def opener_length(text: str) -> int:
    """How many characters at the start are discourse markers that can go ("So, and then, …").

    Args:
        text: A sentence as it was said.

    Returns:
        Where the sentence proper begins; 0 when it begins at once.
    """
    at = 0
    while True:
        match = _OPENER.match(text, at)
        if match is None or _NOT_OPENER.match(text, at):
            return at
        at = match.end()


def without_opener(text: str) -> str:
    """The sentence without what leads into it, beginning with a capital letter.

    Args:
        text: A sentence as it was said.

    Returns:
        The same words in the same order, less the discourse markers at the start.
    """
    rest = text[opener_length(text) :]
    return rest[:1].upper() + rest[1:]


def leans_back(text: str) -> bool:
    """Whether the sentence, less its opener, begins with something that only makes sense after what was said before."""
    rest = text[opener_length(text) :].replace("’", "'").lstrip("\"'“‘")
    if _FORWARD_START.match(rest):
        return False
    return bool(_PRONOUN_START.match(rest))


def points_back(text: str) -> bool:
    """Whether words in the sentence point at something outside it ("this pathway", an early "they")."""
    rest = text[opener_length(text) :].replace("’", "'")
    if _DEMONSTRATIVE.search(rest):
        return True
    early = " ".join(rest.split()[:5])
    return not _FORWARD_START.match(rest) and bool(_BACKWARD_PRONOUN.search(early))


def is_talk_about_talk(text: str) -> bool:
    """Whether the sentence announces, recalls or greets instead of saying something."""
    return bool(_ANNOUNCE.search(text.replace("’", "'")))


def is_personal(text: str) -> bool:
    """Whether the speaker speaks of themselves or to the listeners."""
    return bool(_PERSONAL.search(text.replace("’", "'")))


def is_question(text: str) -> bool:
    """Whether it is a question (or ends in "…, right?")."""
    return text.rstrip("\"'”’ ").endswith("?")


def is_complete(text: str) -> bool:
    """Whether it has a verb, a beginning with a capital letter and an end."""
    bare = text.strip("\"'“”‘’ ")
    rest = bare[opener_length(bare) :]
    if not bare or not bare[0].isalnum() or bare[0].islower():
        return False
    if bare[-1] not in ".!?" or bare.endswith(("...", "..", "-.", ",.")):
        return False
    return bool(_VERB.search(rest)) and len(_WORD.findall(rest)) >= 4


def stumbles(text: str) -> float:
    """How often the speaker stumbles, fills or repeats, per ten words."""
    words = count_words(text)
    if not words:
        return 0.0
    count = len(_STUMBLE.findall(text)) + (2 if _TAG_QUESTION.search(text) else 0)
    return count * 10.0 / words


_ASKING = re.compile(
    r"(?:what|why|how|when|where|which|who|can|could|does|do|did|is|are|was|were|should|would|will|has|have|might|may)\b",
    re.IGNORECASE,
)


def is_open_question(text: str) -> bool:
    """Whether it is a real question that can be understood alone."""
    rest = text[opener_length(text) :].replace("’", "'")
    if not is_question(text) or _TAG_QUESTION.search(text) or not 5 <= count_words(rest) <= 26:
        return False
    if not _ASKING.match(rest) or is_talk_about_talk(text) or is_personal(text) or stumbles(text) > 1.0:
        return False
    return not _DEMONSTRATIVE.search(rest) and not _BACKWARD_PRONOUN.search(rest) and rest.count("?") == 1
