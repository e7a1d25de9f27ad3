"""What of an article is embedded."""

from __future__ import annotations

EMBEDDED_TEXT_VERSION = 1
# The encoder reads 256 word pieces, about this many words of English; what it would cut off anyway
# must not change the digest, or an edit far down would embed the article again.
LEAD_WORDS = 200
# No news article comes near these; they bound what a "word" of a megabyte costs the tokenizer.
LEAD_CHARACTERS = 4000
TITLE_CHARACTERS = 1000


def embedded_text(title: str, text: str) -> str:
    """What of an article is embedded: the title, a line break, the first 200 words of the text.

    White space is collapsed. At most 1,000 characters of the title and 4,000 of the lead count; both lie
    beyond what the encoder reads of a text in words, so the version stays what it was without them.
    """
    head = _collapsed(title, TITLE_CHARACTERS, TITLE_CHARACTERS)
    lead = _collapsed(text, LEAD_WORDS, LEAD_CHARACTERS)
    return "\n".join(part for part in (head, lead) if part)


def _collapsed(text: str, words: int, characters: int) -> str:
    """The first words of a text, a space between each, cut to so many characters."""
    # The words beyond are not even split off: a text may be as long as a request's body.
    return " ".join(text.split(maxsplit=words)[:words])[:characters].rstrip()
