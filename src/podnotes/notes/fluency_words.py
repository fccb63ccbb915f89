r"""The words by which spoken sentences lean on others, announce, stumble and chat.

Each list is regular expressions apart by semicolons, for lower-case text with straight apostrophes. A space at the edge
of an alternative is written ``\s``, so that lines can be broken.
"""

from __future__ import annotations

import re


def alternatives(listed: str) -> str:
    """The expressions of a list as one group of alternatives, the longest first."""
    items = [re.sub(r"\|\s+", "|", " ".join(item.split())) for item in listed.split(";")]
    return "(?:" + "|".join(sorted((item for item in items if item), key=len, reverse=True)) + ")"


# What speakers put before a sentence without meaning anything by it.
OPENERS = """
    and so then; and so; and then; and now; and again; and also; and yet; and actually; and indeed; and of course;
    and in fact; but again; but also; but then; but now; but so; but actually; but of course; but in fact; so again;
    so then; so now; so basically; so actually; so really; so essentially; so you know; now again; now of course;
    okay so; all right so; alright so; you know; i mean; of course; in fact; after all; in other words; by the way;
    in any case; in any event; at any rate; that said; having said that; with that said; once again; first of all;
    as i said; as i mentioned; to be clear; just to be clear; put simply; simply put; all right; alright; let's see;
    well; okay; ok; right; yeah; yes; yep; no; oh; ah; um; uh; uhm; hmm; hm; mm; mhm; now; so; and; but; also;
    again; then; like; actually; basically; anyway; anyways; honestly; look; listen; remember; indeed; therefore;
    thus; hence; however; moreover; furthermore; additionally; likewise; similarly; meanwhile; plus; though; still;
    absolutely; exactly; definitely; totally; interestingly; interestingly enough; importantly; more importantly;
    most importantly; incidentally; essentially; of note; fortunately; unfortunately; specifically; in particular;
    more specifically; conversely; in contrast; obviously; certainly; clearly; naturally; sure; true; great; cool;
    fantastic; wonderful; perfect; believe it or not; as it turns out; turns out; for sure; what's interesting is;
    what's interesting is that; what is interesting is that; the thing is; the point is; the point is that; the fact
    is; the truth is; the bottom line is that; the bottom line is; and what we know is that; what we know is that;
    we know that; we now know that; it turns out; it turns out that; it's important to know that; it's important to
    understand that; it's worth noting that; keep in mind that; keep in mind; note that; mind you; second of all;
    third of all; firstly; secondly; thirdly; lastly; finally; first off; in the meantime; what (?:most )?people
    (?:often\\s|generally\\s)?(?:don't|do not) (?:realize|know| appreciate|understand) is that; the
    (?:important|key|main|interesting|crucial) (?:thing| point)(?: to \\w+(?: out)?)?(?: here)? is(?: that)?;
    second; third; first; so first; and finally; and lastly; simply stated; put differently; in short;
    what(?:'s|\\sis|\\swas) (?:also\\s|really\\s|so\\s|most\\s|kind of\\s|
    very\\s)?(?:interesting|fascinating|important|remarkable|amazing|striking|cool|great)(?: here)? is(?: that)?; i
    (?:should|must|want to|would|will|have to) (?:also\\s|just\\s|again\\s)?(?:point out|note|mention|say|add|
    emphasize|stress) that; typically; usually; generally; generally speaking; in general; broadly speaking; in
    reality; in essence; (?:but\\s|and\\s|so\\s)?what (?:they|he|she|we|people|scientists|(?:the
    )?researchers|studies) (?:\\w+ )?(?:discovered|found|showed|saw|learned|know|see|find)(?: or \\w+)?(?: with
    (?:his|her|their) research)? (?:is|was) that; so what this (?:means|shows) is that
"""
# "So much", "still water", "like many", "no pain": here the word belongs to the sentence.
NOT_OPENERS = """
    so (?:many|much|far|few|little|long|called|that|on)\\b; so-called; no (?![,.]); still (?:water|life|image|
    others|in|at)\\b; right (?:before|after|now|here|there|around|away|side|hand|at|on|in|when|as|left|or)\\b;
    well[- ](?:being|known|established); like (?:many|most|all|any|a|an|the|other|our|your)\\b; now that (?!,);
    then[- ]president; look (?:at|for|into|like)\\b; listen (?:to|for)\\b; remember (?:the|to|how|when)\\b;
    also known; exactly (?:the|how|what|where|when)\\b; but for\\b; instead of; in contrast (?:to|with)\\b;
    plus (?:or|minus|the|a)\\b; thus far; true (?:story|love|pain|of|to|for)\\b; though (?!,); clearly (?:see|
    visible|defined)\\b; great (?!,); cool (?!,); perfect (?!,); sure (?!,); wonderful (?!,); fantastic (?!,);
    naturally (?!,); specifically (?!,); similarly (?:to|in)\\b; likewise in; okay with; ok with; no,? no;
    yes,? yes; certainly (?!,); totally (?!,); absolutely (?!,); definitely (?!,); in particular (?!,);
    honestly (?!,); exactly (?!,); conversely (?!,); obviously (?!,); clearly (?!,); again and again; turns out to;
    the truth is a; then again; remember (?:it|that day|my)\\b; the point is to; the idea is to; the thing is to;
    of course (?!,); right (?!,); (?:second|third|first|finally|lastly) (?!,|of all); (?:typically|usually|
    generally|in general|in reality|in essence) (?!,|speaking)
"""
# A sentence that begins so says something only after the one before it.
LEANING = """
    whereas; other(?! than)(?= \\w); he; she; they; this; that; these; those; such; both; neither; either; his; her;
    hers; their; theirs; its; him; them; (?:he|she|they|that|this|it|there|here)'(?:s|re|ve|d|ll); it; here; which;
    who; whom; whose; where; because; cause; 'cause; or; nor; than; same; another; others; until; til; up until;
    so-called because; not; if not; if so; otherwise; else; similar;
    (?:some|one|two|three|all|most|many|none|any|each|both|neither| either|much|part|half|several|lots|a lot) of
    (?:these|those|that|this|them|it|which|whom|us); the (?:same|other|
    others|former|latter|second|third|fourth|fifth|next|last|first|answer|reason|reasons|point|idea|question|rest|
    above|following|result|results|one|ones|other one|problem|trick|key|goal|difference|effect|effects|major effect|
    study|paper|authors|subjects|participants|volunteers|patients|group|groups|protocol|experiment|data|findings|
    same thing|only (?:thing|problem|difference)); a (?:second|third|fourth|similar|different|related|final|last);
    for (?:instance|example|those|these|them|him|her|that reason|that); likewise; what (?:this|that|he|she|they|it|
    those|these|i|you)(?:'s|'re|'ve|'d|'ll)?; what's; what is; what happens; what happened; what tends; when
    (?:this|that|he|she|they|it|those|these); if (?:this|that|he|she|they|it|those|these); as (?:a result|i| we
    said|such|he|she|they); as you (?:may|might|can|could|will|probably|know|recall|all|said|say|do|age into); as
    (?:this|that|these|those|it); as well; in (?:this|that|these|those|which|both|each|addition|doing|his|her|
    their|its|so doing|turn|other cases|some cases|this case|that case|that sense|this sense|between|either case);
    in terms of; in the same; in the case; (?:by|from|with|for|of|to|on|at|after|before|during|through|over|under|
    without|within|beyond|about|unlike|like|despite|besides|since|given|via|into|out of|because of|due to|based on|
    along with|instead of|rather than|even with|and with) (?:this|that|these|those|them|it|which|doing|him|her|his|
    their|its|all|so); not only that; one (?:is|was|thing|would|reason|way|example|question|of the (?:things|ways|
    reasons|questions|key|most|main|major)); only; maybe; perhaps; sort of; kind of; even (?:so|then|if (?:this|
    that|it|they|he|she)); though; although (?:this|that|it|they|he|she); ever since; rather; more (?:on| about)
    that; more so; less so; too; the way (?:that )?(?:he|she|they|it|this|that); the more (?:he|she|they|it|
    this|that); that's why; that is why; hopefully; instead; there (?:it|he|she|they|you|we); there too; same with;
    yet another; and (?:or|such); as to; so as; whatever; whichever; whoever; wherever; let alone; nevertheless;
    nonetheless; now (?:if|when) (?:this|that|it|they|he|she); my; mine; the (?:two|three|four|five) of; then;
    thereby; there are (?:also|other|these|those); there (?:is|was|are|were) (?:also|another|one other|other|that|
    this|those|these|the); number (?:one|two|three|four|five|1|2|3|4|5); probably; as a consequence; bearing in
    mind; what people; the control group; the \\w+ thing is; the other part; it's to say; that being said; along
    those lines; there's a way in which; guess what; a lot of (?:that|this|it|them|times); so that; the nice thing
    about; the (?:interesting|cool|great|fascinating|funny|nice|good|bad) (?:thing|part| news); so that's; that's
    the; (?:the )?third thing; you'll get (?:that|this); some months later; sometimes
    (?:it|that|this|he|she|they)(?:'s)?; how (?:it|that|this); there with; things like; on the contrary; speaking of
"""
# Though it begins so, it points forward: "It turns out that pain …", "There are two kinds of fibers".
FORWARD = """
    it(?:'s|\\sis|\\swas|\\shas been|'s been|\\scan be|\\smay be|\\smight be)(?: \\w+ly)? (?:important|possible|
    clear|known|well known|true|shown|interesting|worth|believed|thought|likely|estimated|easy|hard|difficult|
    essential|crucial|helpful|useful|fair|established|well established|appreciated|necessary|normal|common|safe|
    best|better|time)(?: \\w+)? (?:that|to|how|why|when)\\b (?!(?:this|that|these|those|it|they|he|she|happens|
    happened|is|was|me|say)\\b); it (?:turns out|seems|appears|takes)(?:\\sthat|\\sto)?\\b (?!(?:this|that|these|
    those|it|they|he|she|be|work|me)\\b); there(?:'s|\\sis|\\sare|\\swas|\\swere|'re)(?: \\w+){0,2} (?:two|three|
    four|five|six|several|many|no|evidence|studies|data|multiple|different|specific|certain|neurons|cells|receptors|
    nerves|people|ways|growing|kinds|types|forms)\\b; both (?:\\w+ )?and\\b; each (?:time|person|one of us|day|
    neuron|cell|nerve)\\b; either \\w+ or\\b; those (?:who|with|of us)\\b; such as\\b; that (?:pain|touch|stress|
    sleep)\\b; what (?:makes|causes|distinguishes|determines) (?!(?:this|that|it|these|those|them)\\b); not (?:all|
    every|everyone|everybody|only does|getting|enough|sleeping|moving|just)\\b; because of (?!(?:this|that|it|these|
    those|them)\\b); only (?:a|the|when|about|one|two|some)\\b; what is (?:pain|touch|stress|sleep|mood)\\b
"""
# Anywhere in the sentence, these point at something outside it.
POINTING = """
    this; these; such (?:a|an|as this|things?); aforementioned; the above; those(?! (?:who|with|of us|that|in)\\b);
    the latter; the former; that (?:study|paper|pathway|circuit|process|system|person|case|experiment|one|area|
    neuron|way|point|kind|sort|type|sense|particular|same|very|would mean|means|place|thing|stuff|moment|time|day|
    week|reason|feeling|information|response|state|brain|guy|woman|man|level|word|part|first|second|third|side|
    piece|aspect|idea|whole|little|specific|position|exercise|muscle|question|scenario); (?:the|an)other (?:one|
    thing|way|side|kind|type|part)s?; do so; does so; doing so; did so; doing that; do that; does that; did that;
    like that; about that; of that; for that; with that; as well; each other one; there too; in there; right there;
    over there; the same (?:thing|way|reason|is true|goes|kind)s?; which again; (?:he|she|they) (?:said|says| was
    like|were like); (?:in|of|for|with|at|on|to|from|by|into|during|after|before|about|like) that \\w+; another
    (?:condition|study|experiment|group|example); these same; those same; the one (?:who|that) didn't; that
    condition; as you call (?:it|them); where that \\w+; the same exact; the exact same; (?:just| exactly) the same;
    from this direction; that similar; there[.!]?$; that \\w+(?:ing|ion) (?:of|to); the opposite(?! (?:of|is
    true|direction)\\b); much of (?:it|that|them); the
    (?:effects?|drugs?|treatment|study|experiments?|subjects|participants|groups?|volunteers|event|rest of the
    \\w+)(?! (?:of|on|that|who|with|in|and|to|between|for|from|called)\\b)
"""
# Talk about the talk: announcing, recalling, greeting, selling.
ANNOUNCING = """
    (?:i'm|we're|i am|we are)(?:\\snot|\\sjust|\\salso)? (?:going to|gonna|about to|talking|speaking|referring|
    discussing|not going); (?:i|we)(?:'ll|\\swill); let's; let me; (?:i'd|i would) (?:like|love|encourage|recommend|
    suggest|argue|point) ?(?:to)?; i (?:just\\s|also\\s|really\\s)?want(?:ed)? to; i want you; i should (?:mention|
    say|point|note|add); (?:i|we|you|he|she)(?:'ve)? (?:just\\s|also\\s|already\\s|previously\\s|often\\s|
    really\\s)?(?:mentioned|said|talked?|described?|told|referred|covered|discuss(?:ed)?|promised?|recommend(?:ed)?|
    encouraged?|invited?|asked|alluded|touched on|spoke|speak|wrote|posted|published on|hinted); you (?:brought|
    bring) up; you had a; you(?:'ve)? (?:had|put) (?:a|an|out|some|this|that)\\b; you're (?:saying|talking|asking|
    describing|telling); what (?:we|i|you) (?:call|mean|just|said); we (?:just )?(?:heard|learned|saw); today;
    tonight; episodes?; podcasts?; listeners?; viewers?; listening; youtube; instagram; twitter; show notes?;
    captions?; in a (?:moment|minute|second|bit); earlier; later on; previously; next (?:time|week); stay tuned; as
    (?:i|we|you) (?:mentioned|said|know|just|recall|described|may know|might know); by the way; thank you; thanks;
    welcome; guys; folks; (?:great|good|excellent|interesting|big|another|next|first|same) question; the question
    (?:is|was|then|becomes); question for you; if you(?:'re|\\sare) (?:interested|curious|listening|
    watching|familiar|wondering|somebody|someone|like me|not familiar); if you (?:want to|wanna|would like to|look|
    go|google|recall|remember|think about|were to look); links? (?:to|in); provide a link; look (?:it\\s|this\\s|
    them\\s|that\\s)?up; google; might be (?:asking|wondering|thinking|saying|familiar); (?:probably|maybe| be)
    (?:asking|wondering|thinking|familiar|heard|experienced); have heard of; bear with me; don't worry; recap; to
    review; in summary; to summarize; pause; blah; quote unquote; discussions?; conversations?; topics?; books?;
    chapters?; lectures?; slides?; website; online; out there floating; reached out; get (?:back )?(?:to| into)
    (?:that|this|it); more on; go back to; going back to; come back to; move on; moving on; think of it (?:as|
    like|this); you can think (?:of|about); picture this; what if i told; hosting; hosted; the name of; is called
    the; named after; spelled; pronounced?; sorry; please; i'm sure; take home; takeaway; big picture; long story
    short; bottom line; you'll (?:hear|see|learn|notice|recall|remember); as an aside; side note; tangent; footnote;
    disclaimer; i'm not (?:a|saying|suggesting|sure); does that make sense; here's (?:what|why|how|the \\w+); makes?
    (?:\\w+ ){0,2}sense; make sense\\?; you see what i mean; what do you think; tell us; tell me; talk (?:to us
    )?about; walk us through; you (?:now )?know what; you(?:'ve|\\shave)?
    (?:now\\s|just\\s|already\\s|also\\s)?(?:learned|learnt|heard); (?:are|is|be|were) familiar with; audience; we
    (?:also )?(?:did not|didn't) look; have you ever; for asking; asking (?:this|that|because); some of the (?:other
    )?things; as you know; if you look at; sounds like a; like i said; we're not gonna; i can't emphasize; i cannot
    attest; for (?:the )?sake of; just to (?:give| illustrate|remind|put); an example of this; the term; what's
    known; for another time; (?:the )?title of (?:the| that|this) (?:study|paper|book|article); might(?:'ve|\\shave)
    been (?:thinking|asking|wondering); been building up; i thought this; (?:i|we) just described; i say;
    (?:which|that) is what i; let us; (?:let's\\s| let us\\s)?begin with; (?:a|one) (?:simple|quick|big|small)
    question; last month; this month; last week; we were talking; i'm not, i'm; avoid saying; the way to think
    about; the (?:simple|simplest|best| easiest) way to think; the key thing to understand; (?:an|the) entire
    (?:episode|month|podcast); did an? \\w+ on; i've decided; out there on; zero cost; (?:you'll|you will)
    (?:soon\\s|also\\s|now\\s)?(?:hear| see|learn|notice|recall|remember|find|discover); what (?:i'm|i am|we're)
    (?:saying|getting at|trying to say); (?:i|we) (?:was|were) (?:just\\s|also\\s)?talking; as (?:you|he|she|they)
    (?:call|put) (?:it|them|that); as we call (?:it|them|that); (?:heard|hear) you say; is the other name; holds an?
    (?:\\w+ ){0,2}(?:masters?|degree|doctorate|ph\\.?d|mba); (?:his|her|their)
    (?:training|degree|doctorate|ph\\.?d|residency) (?:at|in|from); (?:is|was) (?:also\\s)?(?:an?|the|our) (?:\\w+
    ){0,4}(?:professor|psychologist|neuroscientist|psychiatrist) (?:at|of|who|and|from|in)
"""
# The speakers' own lives and views: good in a quote, out of place in a summary.
PERSONAL = """
    i; i'm; i've; i'd; me; my; mine; myself; we've; we'd; you and i; some of you; many of you; most of you;
    for those of you; all of you; those of you; so to speak; if you will; everybody knows; your (?:guest|listeners|
    audience|lab|book|work); you guys
"""
# Stories without names for those who were not there.
ANECDOTE = """
    i (?:was|went|had|did|got|remember|felt|saw|came|took|started|used to|think|guess|don't|can't|couldn't|didn't|
    know|bet|love|like|hate|actually); my (?:wife|husband|son|daughter|kids?|mom|dad|mother|father|dog|friend|
    colleague|brother|sister|own); years ago; the other day; last (?:week|night|year|month); one day; one time;
    back in; yesterday; that day; this guy; some guy; a guy; this woman; remember when
"""
STUMBLING = """
    um+; uh+; er+m?; hm+; mm+; you know; i mean; sort of; kind of; kinda; gonna; wanna; gotta; whatnot; or whatever;
    and whatever; and stuff; and things; stuff; things? like that; (?:or )?something(?: like that)?; okay; ok;
    right(?=[,?.]); yeah; literally; basically; actually; obviously; really; et cetera; very very; and so forth;
    and so on; if you will; so to speak; believe it or not; what have you; like(?=,); well(?=,); you see(?=,);
    again(?=,); meaning(?=,); is is; just sort; super; pretty much; a bunch of; in a way; again; it's like;
    you're like; i'm like; was like; boom; wow; unintelligible; inaudible
"""
# Words that explain: what is done to what, and why.
EXPLAINING = """
    because; causes?; caused; leads? to; led to; results? in; increas(?:e|es|ed|ing); decreas(?:e|es|ed|ing);
    reduc(?:e|es|ed|ing); releas(?:e|es|ed|ing); activat(?:e|es|ed|ing|ion); inhibit(?:s|ed|ing)?; block(?:s|ed|
    ing)?; trigger(?:s|ed|ing)?; signals?; bind(?:s|ing)?; suppress(?:es|ed|ing)?; stimulat(?:e|es|ed|ing|ion);
    respon(?:d|ds|se|ses|sible); helps?; improv(?:e|es|ed|ing); reliev(?:e|es|ed|ing); relief; lower(?:s|ed|ing)?;
    rais(?:e|es|ed|ing); chang(?:e|es|ed|ing); makes? (?:us|you|people|the|it); allows?; means? that; is (?:the|a|
    an) (?:\\w+ )?(?:part|kind|type|form|place|area|region|molecule|hormone|system|process|way|sense|experience|
    perception|signal|response|nerve|organ); are (?:the|a|released|made|called|responsible|associated|involved|
    linked|activated); is (?:released|made|called|associated|involved|linked|activated|processed|created|controlled|
    perceived); controls?; regulat(?:e|es|ed|ing|ion); protects?; sends?; carr(?:y|ies); travels?; communicat\\w+;
    known as; defined as; evidence; stud(?:y|ies) (?:show|found|have); found that; shows? that; showed that;
    discovered; reports? of; so that; when (?:we|you|people|the|a); if you; associated with; connected to;
    connects?; effects? (?:on|of); role in; mechanisms?; therefore; thereby; which means
"""
# A sentence has one of these, or it is a heading or a stammer.
VERBS = """
    is; are; am; was; were; has; have; had; do; does; did; can; cannot; can't; could; may; might; will; would;
    should; must; \\w+n't; \\w+'(?:s|re|ve|ll|d|m); means?; makes?; made; gets?; got; goes; went; comes?; came;
    takes?; took; gives?; gave; causes?; caused; shows?; showed; finds?; found; leads?; led; keeps?; kept; feels?;
    felt; knows?; knew; works?; worked; helps?; helped; acts?; acted; needs?; needed; says?; said; sends?; sent;
    tells?; told; lies; lives?; lived; looks?; looked; plays?; played; becomes?; became; begins?; began; starts?;
    started; stops?; stopped; sits?; runs?; ran; moves?; moved; turns?; turned; seems?; seemed; tends?; tended;
    happens?; happened; discovered; showed; reported; observed; measured; concluded; suggested; noticed; learned;
    learn; use; uses; used; want; wants; wanted; think; thinks; thought; see; sees; saw; hear; heard; understand;
    understood; perceive; experience; communicated; affect; affects; affected; control; controls; contain; contains;
    produce; produces; release; create; creates; receive; receives; remember; remembers; depend; depends; exist;
    exists; include; includes; involve; involves; \\w{3,}(?:ates|izes|ises|ifies|uces|ases|eases|ects|ibits|ains|
    olves|ives|ends|orts|ows|ings|inds|ocks|ers|ides|ires|umes|ores|aves); bind; calm; lift; raise; respond;
    protect; travel; carry; relax; reduce; increase; improve; activate; block; inhibit; trigger; change; cause;
    heal; hurt; move; breathe; press; support; adapt; adjust; connect; communicate; decrease; describe; develop;
    disappear; drop; ease; enter; express; fall; flow; follow; gain; grow; hold; ignore; influence; interact;
    interpret; let; listen; live; lose; measure; notice; occur; reach; react; recover; regulate; rely; require;
    rest; rise; sing; soften; spread; stimulate; strengthen; suffer; suppress; swell; teach; train; vary; weaken;
    widen; work; help; make; take; give; get; go; come; keep; feel; know; find; lead; act; send; tell; look; play;
    become; begin; start; stop; run; turn; seem; tend; happen; show; need; mean; say; try; ask; call; speak; sit;
    stand; lie; put; bring; carries; carried; varies; relies; applies; implies; tries; occupies;
    (?<=[a-z]\\s)(?<!more\\s)(?<!less\\s)(?<!very\\s)(?<!and\\s)(?<!most\\s)\\w{3,}ed; fire
"""
# A sentence broken off and begun again: "there's a, without you doing anything", "your, you know, your work".
BROKEN_OFF = """
    (?:a|an|the|of|your|my|our|their|from|into|every|very|to be|with a),; (?:in|on|for|with|is|are|which \\w+),
    (?:it| they|he|she|we|you|is|are)(?:'s|'re)?; there's, \\w+; -+ (?:they|it|he|she)(?:'s|'re)?; (?:that|this),
    is; (?:you|we|i|they), or; (?:which|that|and|because|but|so|is|are|the|a|of|to) -+ \\w+; (?:[a-z]-){2,}[a-z]
"""
# Lists that end nowhere.
TRAILING = """
    et cetera; etc\\.?; and so (?:on|forth); and (?:things|stuff|so many things) like that; and whatnot; or whatever;
    and on and on; what have you
"""
# What somebody does in the room in which the talk is recorded.
IN_THE_ROOM = """
    you're (?:nodding|smiling|laughing|wearing|sitting|looking at me|pointing); with you, because; you and me;
    (?:behind|next to|in front of) (?:you|me); (?:he|she|they) (?:says|said) in (?:his|her|their) book
"""
# How a question that is meant as one begins.
ASKING = """
    what; why; how; when; where; which; who; can; could; does; do; did; is; are; was; were; should; would; will;
    has; have; might; may
"""
# The order of words of a question, for transcripts that have no question mark there. "Do not press" and "Have a look"
# are orders; "Should it hurt, stop" is a condition and has a comma.
ASKED = """
    (?:is|are|was|were|does|did|has|can|could|would|should|will (?:it|this|that|the|a|an|you|we|i|they|my|your|our))
    [^,]*; do (?:you|we|i|they|people|all|any|some|these|those|the|your|our) [^,]*; (?:why|how|when|where) (?:do|does|
    did|is|are|was|were|can|could|should|would|will|has|have) [^,]*; (?:what|who|which) (?:do|does|did|can|could|
    should|would|will) [^,]*; what(?:'s|\\sis|\\sare) (?:the|a|your|its|an) [^,]*
"""
