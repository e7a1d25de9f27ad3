"""Text from outside made fit to print."""

from __future__ import annotations

import unicodedata

# What turns the writing direction of all that follows.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANKS = frozenset("\t\n")
_LONGEST = 200


def clean(text: str) -> str:
    """The text with U+FFFD for what no page may hold: control characters, lone surrogates, code points that
    are no characters, and marks that turn the writing direction of what comes after the text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_unfit(one) else one for one in text)


def one_line(text: str) -> str:
    """The same on one line, white space as single spaces."""
    return clean(" ".join(text.split()))


def shortened(text: str) -> str:
    """The text, or where it is longer than 200 characters its beginning, up to a blank, and an ellipsis."""
    if len(text) <= _LONGEST:
        return text
    begun = text[: _LONGEST - 1]
    whole = begun.rpartition(" ")[0]
    return f"{(whole if len(whole) > _LONGEST // 2 else begun).rstrip()}…"


def _is_unfit(one: str) -> bool:
    return (
        one in _TURNS
        or (unicodedata.category(one) in ("Cc", "Cs") and one not in _BLANKS)
        or ord(one) & 0xFFFE == 0xFFFE
        or "\ufdd0" <= one <= "\ufdef"
    )
