"""What letters a text is in."""

from __future__ import annotations

import re

# With its accents, extensions and ligatures.
_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a"
_OF_LATIN = re.compile(f"[{_LATIN}]")
_OF_OTHERS = re.compile(rf"[^\W\d_{_LATIN}]")
# Enough to know by.
_LOOKED_AT = 4000


def mostly_latin(title: str, text: str) -> bool:
    """Whether at least half of the letters at the beginning are Latin; so it is where there are none."""
    beginning = f"{title} {text[:_LOOKED_AT]}"[:_LOOKED_AT]
    if beginning.isascii():
        return True
    return len(_OF_LATIN.findall(beginning)) >= len(_OF_OTHERS.findall(beginning))
