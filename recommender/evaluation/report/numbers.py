"""How a report prints numbers: nDCG and its kin times 100, shares in per cent, p with three decimals."""

from __future__ import annotations

from recommender.phrases import count

NONE = "–"
_MINUS = "\N{MINUS SIGN}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_THOUSANDTH = 0.001


def points(value: float | None) -> str:
    """A measure between 0 and 1 times 100, one decimal: ``78.8``; a dash for ``None``."""
    return NONE if value is None else _plain(f"{100 * value:.1f}")


def signed(value: float | None) -> str:
    """A difference of two such measures: ``+5.1``, ``−3.4``; what rounds to nothing is ``0.0``."""
    text = points(value)
    return f"+{text}" if value is not None and value > 0 and text != "0.0" else text


def interval(low: float | None, high: float | None, *, sign: bool = False) -> str:
    """``74.1 to 83.0``; nothing where there is no interval."""
    if low is None or high is None:
        return ""
    show = signed if sign else points
    return f"{show(low)} to {show(high)}"


def percent(share: float | None) -> str:
    """A share between 0 and 1: ``12.0 %``, with a space that does not break."""
    return NONE if share is None else f"{points(share)}{_NO_BREAK}%"


def p_value(p: float) -> str:
    """``< 0.001`` or three decimals."""
    return "< 0.001" if p < _THOUSANDTH else f"{p:.3f}"


def p_equation(p: float) -> str:
    """The same within a sentence, with spaces that do not break: ``p < 0.001``, ``p = 0.042``."""
    text = p_value(p)
    return (f"p {text}" if text.startswith("<") else f"p = {text}").replace(" ", _NO_BREAK)


def correlation(value: float | None) -> str:
    """A correlation, three decimals: ``0.512``."""
    return NONE if value is None else _plain(f"{value:.3f}")


def signed_correlation(value: float) -> str:
    """A difference of two correlations: ``+0.031``, ``−0.205``; what rounds to nothing is ``0.000``."""
    text = correlation(value)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def correlation_interval(low: float | None, high: float | None, *, sign: bool = False) -> str:
    """``0.402 to 0.610``; nothing where there is no interval."""
    show = signed_correlation if sign else correlation
    return "" if low is None or high is None else f"{show(low)} to {show(high)}"


def queries(number: int) -> str:
    """``1 query``, ``91 queries``."""
    return count(number, "query", "queries")


def decimal(value: float | None, digits: int = 2) -> str:
    """A plain number with so many decimals."""
    return NONE if value is None else _plain(f"{value:,.{digits}f}")


def _plain(text: str) -> str:
    """A minus sign that is one, and none before a zero."""
    if text.startswith("-"):
        return _MINUS + text[1:] if text.strip("-0.,") else text[1:]
    return text
