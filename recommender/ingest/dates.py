"""Dates as they come in -> aware datetimes in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

# RFC 3339, a little wider where databases and exporters are: a space for T, no seconds, +00 and +0000.
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = {form: n for n, name in enumerate(_MONTH_NAMES, 1) for form in (name, name[:3])} | {"sept": 9}
# "January 6, 2022", "Thu, January 6, 2022, 9:41 AM", "Jan. 6, 2022 at 9:41 p.m. EST", "6 Jan 2022, 14:05"
_PAGE_DATE = re.compile(
    r"(?:(?:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?\.?,?\s+)?"
    r"(?:(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2}),?"
    r"|(?P<first_day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<second_month>[a-z]{3,9})\.?,?)\s+(?P<year>\d{4})"
    r"(?:(?:,|\s+at)?\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s+[A-Z]{2,5})?)?",
    re.ASCII | re.IGNORECASE,
)


def read_time(value: object) -> datetime | None:
    """An RFC 3339 time, an ISO date (midnight), a ``datetime`` or a ``date``, in UTC.

    Without a zone it is taken as UTC. ``None`` for everything else: other forms, numbers, days and
    years that do not exist. A leap second counts as the second before it.
    """
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, str) or (match := _RFC3339.fullmatch(value.strip())) is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59) if second == "60" else int(second or 0),
            int((fraction or "0").ljust(6, "0")[:6]),
            _zone(zone),
        )
    except ValueError:
        return None
    return _in_utc(moment)


def read_page_date(text: str) -> datetime | None:
    """A date as American and British pages print it, with or without weekday and time of day.

    Zone names are ambiguous and pages leave them out, so the time counts as UTC.
    """
    match = _PAGE_DATE.fullmatch(text.strip())
    if match is None:
        return None
    month = _MONTHS.get((match["month"] or match["second_month"]).lower())
    if month is None:
        return None
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    try:
        day = int(match["day"] or match["first_day"])
        return datetime(int(match["year"]), month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError(f"zone {text!r} has more than 59 minutes")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _in_utc(moment: datetime) -> datetime | None:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and last day of the calendar, seen from another zone
        return None
