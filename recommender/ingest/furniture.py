"""What a news page prints around its article: told apart from prose by whole lines and paragraphs.

A line is furniture only when nothing else stands on it, and a plug only when the whole paragraph is
one: the same words inside a paragraph are prose and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PLUG_LENGTH = 300  # characters; a longer paragraph says more than "subscribe", so it stays

_STORIES = r"(?:stories|articles|news|coverage|content|reading|posts|links|topics|reads)"

# The heading over a page's own recommendations; its links are kept, its words never reach the text.
_RELATED = re.compile(
    rf"(?:recommended(?: {_STORIES})?(?: for you)?|related(?: {_STORIES})?|more {_STORIES}"
    r"|(?-i:More|MORE) (?:from|on|in|about) .{1,40}"
    r"|(?:what to )?(?:read|watch) next|read (?:more|also)|see also|up next"
    r"|you (?:may|might) (?:also )?(?:like|be interested in)"
    rf"|(?:suggested|similar|further) {_STORIES}|{_STORIES} you (?:may|might) (?:also )?like"
    rf"|more like this|editors?['’]?s? picks)\s*[:.…]*",
    re.IGNORECASE,
)
# The heading over what everybody reads: the same on every page, so it goes and its links with it.
_POPULAR = re.compile(
    rf"(?:most (?:read|popular|viewed|shared)(?: {_STORIES})?|popular(?: now| {_STORIES})?"
    rf"|trending(?: now| {_STORIES})?|top {_STORIES}|latest {_STORIES}|(?:most )?read now)\s*:?",
    re.IGNORECASE,
)

_LINES = re.compile(
    r"(?:"
    # the message of a widget that failed to load, whole or one sentence a line
    r"(?:oops\W*|something went wrong\W*|an error (?:has )?occurr?ed\W*"
    r"|(?:please )?try again(?: later| soon| shortly| in an? \w+)?\W*"
    r"|(?:this|the) (?:content|video|page) (?:could not|couldn['’]t|cannot|can['’]t) be"
    r" (?:loaded|played)\W*)+"
    # where an advertisement or the fold stood
    r"|ad|ads|advertisements?|sponsored(?: content)?|(?:paid|partner) content|skip (?:ad|advertisement)"
    r"|(?:story|article) continues(?: below)?(?: (?:the |this )?(?:ad|advertisement|video|photo))?"
    r"|(?:scroll|continue) (?:down )?(?:to continue |reading|to continue)(?: reading)?(?: below)?"
    r"|(?:read|view) (?:the )?full (?:article|story)|skip to (?:main )?content"
    # buttons
    r"|(?:view|show|hide|post|read|leave|add) (?:a )?comments?(?: \(\d+\))?|\d* ?comments?|share|print|save"
    r"|share (?:this )?(?:article|story|on \w+)|follow(?: us)?(?: on [\w ,&]{1,40})?"
    r"|listen to (?:this )?article"
    # reading time
    r"|\W*\d{1,3}[ -]min(?:ute)?s? read"
    r")[\s.:!…>»]*",
    re.IGNORECASE,
)

_OFFER = r"(?:newsletters?|bulletin|briefings?|digests?|inbox|(?:news|breaking|e-?mail) (?:alerts|updates))"
_HOW = r"(?: (?:here|now|today|free|for free|it's free))*"
_CALL = rf"(?:subscribe|sign[ -]up){_HOW}"
# "Sign up for national service fell in ...": a noun with its verb, and no call to anybody
_NO_NOUN = (
    r"(?! (?:for|to)\b[^.,:;?!]*"
    r" (?:fell|rose|grew|dropped|doubled|slowed|surged|opens?|opened|begins?|began|closed|ended)\b)"
)
# What may stand between "sign up for" and the newsletter itself: no word that begins another phrase.
_NAMED = r"(?: (?!(?:a|an|after|as|at|before|by|during|from|in|on|since|when|with)\b)[\w'’&,-]+)"
_SUPPORT = (
    r"support (?:(?:our|local|independent|quality|free|public|community)(?: [\w-]+){0,2}"
    r" (?:journalism|reporting|newsroom|journalists))"
)
_MEMBER = r"become an? (?:\w+ )?(?:member|subscriber|supporter)"
# The call to act that makes a plug of a question to the reader; "and sign up" may follow another call.
_ACT = (
    r"(?:(?:then|please|just|simply|why not|you can) )?"
    r"(?:(?:support|join|help|stay|follow|visit|tap|click)\b[^.?!]{0,80} and )?"
    rf"(?:{_CALL}|{_SUPPORT}|{_MEMBER}|follow us|(?:get|read) more (?:from|of)|join (?:us|our"
    r"|[\w,]+ (?:of )?(?:\w+ )?(?:readers|subscribers|members|others)"
    r"|the (?:\w+ ){0,3}(?:newsletter|mailing list|community|conversation)))\b"
)
_PLUGS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        # ends with the bare call to subscribe: "... Subscribe for free.", "... Sign up here."
        rf"(?:.*[.!?:…]\s+)?{_CALL}\s*[.!>»]*",
        # begins with it and names a newsletter: "Sign up for our morning briefing ..."
        rf"(?:please )?(?:{_CALL}|register{_HOW}){_NO_NOUN} (?:for|to|and)(?: get| receive)?"
        rf"(?:(?: an?)?{_NAMED}{{0,6}}|\b.*\b(?:our|your)(?: [\w'’&-]+){{0,4}}) {_OFFER}\b.*",
        # "Sign up for the ... and get the day's news by email"; not "Register to vote by email"
        rf"{_CALL}{_NO_NOUN} (?:for|to)\b.*"
        r"(?:\b(?:get|receive)\b.*\b(?:by|an)|\bin (?:one|an|your)) e-?mail\b.*",
        rf"register{_HOW} to (?:get|receive)\b.*\b(?:alerts|news|updates|stories)\b.*\be-?mail\b.*",
        # "Get the best of ... delivered to your inbox"
        r"(?:get|receive)\b.*\b(?:in|to|into) your (?:inbox|mailbox)\b.*",
        # "Get our newsletter", "Join our mailing list", "Join our mailing list for what's on"
        r"(?:join|sign up to) (?:our|the) mailing list\b.*",
        r"(?:get|receive|have)\b.*\b(?:on|to) your (?:phone|tablet|mobile)[.!]+(?: .*)?",
        r"(?:get|join|try|read) (?:our|the|more from)(?: [\w'’&-]+){0,4}"
        rf" (?:{_OFFER}|mailing list)(?: [\w'’]+){{0,3}}[.!]*",
        # "Stay ahead with our daily digest", "... enter your email below."
        rf"stay (?:ahead|informed|connected|up to date|on top|in the (?:know|loop))\b"
        rf"[^.?!]*\bour(?: [\w'’&-]+){{0,4}} {_OFFER}\b.*",
        r"(?:.*[.!?:;,…–—-]\s+)?(?:please )?enter your e-?mail(?: address)?"
        r" (?:below|here|to (?:subscribe|sign up|get|receive|join)\b[^.]*)[.!]*",
        # "Join thousands of readers who get our newsletter"
        r"join (?:the |our |more than |over )*[\w,]+ (?:of )?(?:\w+ )?"
        rf"(?:readers|subscribers|members|others|people) (?:who|and|getting|receiving|by)\b.*\b{_OFFER}\b.*",
        # the paywall: "Subscribe to keep reading", "... for just £1 a week"
        rf"(?:please )?(?:{_CALL}|register{_HOW}|log in){_NO_NOUN} .*\b(?:keep|continue) reading\b.*",
        rf"(?!.*\bcosts?\b)(?:please )?{_CALL}{_NO_NOUN} .*"
        r"\b(?:for|from) (?:just |only |as little as )?[£$€]\d[\d.,]* ?(?:/|an?\b|per\b).*",
        # the appeal: "Support local journalism by becoming a member", "... Donate here."
        rf"(?:please )?(?:{_SUPPORT}|{_MEMBER})(?: (?:today|now|here))*"
        r"(?:,? (?:by|with|and|for|from) (?:becom|subscri|join|donat|tak|sign|mak|just|only|as little|a )"
        r"[^.?!]*)?[.!]*",
        rf"(?:.*[.!?…]\s+)?(?:please )?(?:donate|{_MEMBER})(?: (?:here|now|today))+[.!>»]*",
        r"read (?:more|also|next):\s.{1,120}",
        # a question to the reader, then the call: "Like this article? ... Subscribe to ..."
        r"(?:like|love|enjoy(?:ed|ing)?|want|looking for)\b[^.?!]{0,120}\?"
        rf"(?:.*[.!?:…])?\s+{_ACT}.*",
        r"(?:click|tap) here to (?:subscribe|sign up|get|read more|join|follow)\b.*",
        r"(?:follow|like|find) (?:us|me|our \w+) on"
        r" (?:twitter|facebook|instagram|x|tiktok|linkedin|youtube)\b.*",
        r"download (?:the|our) (?:[\w'’]+ ){0,3}app\b.*",
        # consent banners
        r"(?:we|this (?:web)?site)(?: and our partners)? uses? cookies\b.*",
        r"by (?:continuing|using|clicking|signing up)\b.*\byou (?:agree|accept|consent)\b"
        r".*\b(?:terms|polic(?:y|ies)|notice|cookies?|privacy|use of)\b.*",
        # comment notices
        r".*\bsafe and engaging place for users to connect\b.*",
        r".*\bwe (?:\S+ ){0,4}(?:suspend\w*|disabl\w*|clos\w*) (?:\S+ ){0,2}comment(?:s|ing)\b.*",
        r"comment(?:s|ing)(?: \S+){0,6} (?:closed|disabled|suspended|turned off|moderated)[.!]*",
    )
)
# Where comments stand: "Comments are closed on this article.", "We have turned off comments while ...".
# People close and disable comments in news as well, so these count only at a text's end.
_NOTICES = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"comment(?:s|ing)\b(?: \S+){0,8}? (?:are|is|have been|has been)(?: \S+){0,2}?"
        r" (?:closed|disabled|suspended|turned off|switched off|moderated|unavailable|not available)\b.*",
        r"(?:we|the(?: [\w'’&-]+){1,4}) (?:have|has|are|is)(?: \w+)?"
        r" (?:suspend|disabl|clos|turn|switch)\w*(?: off)? (?:(?:all|article|its|our|the) )*"
        r"comment(?:s|ing| sections?)"
        r"(?:[.!]*| (?:while|until|for now)\b.*| (?:on|for|under) (?:this|these|our|all|its)\b.*)",
        r"this (?:story|article|page) is (?:not|no longer) open (?:for|to) comments?\b.*",
    )
)
# Somebody is quoted: "..., the captain told his crew, ..." is a report, whatever it begins with.
_QUOTED = re.compile(
    r"(?:[,”\"]|[,.?!]['’])\s+(?:[\w'’-]+ ){0,4}(?:said|says|told|wrote|warned|urged)\b", re.IGNORECASE
)
_BULLET = re.compile(r"\s*[-•*]\s+")


def is_related_heading(line: str) -> bool:
    """Whether a line is, as a whole, the heading of a page's own list of recommended stories."""
    return len(line) <= 80 and _RELATED.fullmatch(line.strip()) is not None


def is_popular_heading(line: str) -> bool:
    """Whether a line is the heading of a list that is the same on every page (most read, trending)."""
    return len(line) <= 80 and _POPULAR.fullmatch(line.strip()) is not None


def is_furniture(line: str) -> bool:
    """Whether a whole line is furniture: an advertisement's place, a button, an error, a reading time."""
    return len(line) <= 160 and _LINES.fullmatch(line.strip()) is not None


def is_plug(paragraph: str) -> bool:
    """Whether a whole paragraph is a newsletter plug, a consent banner or a comment notice."""
    text = paragraph.strip()
    if len(text) > PLUG_LENGTH or _QUOTED.search(text):
        return False
    return any(plug.fullmatch(text) for plug in _PLUGS)


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph belongs to the article: not furniture, no plug, no heading of other stories."""
    heading = is_related_heading(paragraph) or is_popular_heading(paragraph)
    return not (heading or is_furniture(paragraph) or is_plug(paragraph))


def is_snippet(paragraph: str) -> bool:
    """Whether a paragraph below a link tells of its story: prose, and no comment notice."""
    return is_prose(paragraph) and not _is_notice(paragraph)


def drop_notices(paragraphs: list[str]) -> list[str]:
    """The paragraphs of a text without the comment notices and plugs at its end."""
    end = len(paragraphs)
    while end and (is_plug(paragraphs[end - 1]) or _is_notice(paragraphs[end - 1])):
        end -= 1
    return paragraphs[:end]


def _is_notice(paragraph: str) -> bool:
    return len(paragraph) <= PLUG_LENGTH and any(notice.fullmatch(paragraph) for notice in _NOTICES)


def drop_furniture(paragraphs: Iterable[str]) -> Iterator[str]:
    """The paragraphs that are prose, in order, without the bullet sign that an extractor put first."""
    for paragraph in paragraphs:
        text = _BULLET.sub("", paragraph, count=1) if _BULLET.match(paragraph) else paragraph
        text = text.strip()
        if text and is_prose(text):
            yield text
