"""Dates as they come in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ingest.dates import read_page_date, read_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-06", datetime(2022, 1, 6, tzinfo=UTC)),
        ("2022-01-06T09:41:00Z", datetime(2022, 1, 6, 9, 41, tzinfo=UTC)),
        ("2022-01-06T09:41:00", datetime(2022, 1, 6, 9, 41, tzinfo=UTC)),
        ("2022-01-06 09:41", datetime(2022, 1, 6, 9, 41, tzinfo=UTC)),
        ("2022-01-06t09:41:00z", datetime(2022, 1, 6, 9, 41, tzinfo=UTC)),
        ("2022-01-06T09:41:00-05:00", datetime(2022, 1, 6, 14, 41, tzinfo=UTC)),
        ("2022-01-06T00:30:00+0100", datetime(2022, 1, 5, 23, 30, tzinfo=UTC)),
        ("2022-01-06 00:30:00+01", datetime(2022, 1, 5, 23, 30, tzinfo=UTC)),
        ("2022-01-06T09:41:00.1234567Z", datetime(2022, 1, 6, 9, 41, 0, 123456, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("  2022-01-06 ", datetime(2022, 1, 6, tzinfo=UTC)),
    ],
)
def test_times_are_aware_and_in_utc(text: str, expected: datetime) -> None:
    found = read_time(text)
    assert found == expected
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        *("01/02/2019", "yesterday", "99999-01-01", "2022-13-01", "2022-02-30", "2022-01-06T25:00:00"),
        *("2022-01-06T09:41:61", "2022-01-06T09:41:00+25:00", "2022-01-06T09:41:00+01:99", "20220106"),
        *("2022-W01-1", "0000-01-01", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"),
        *("٢٠٢٢-٠١-٠٦", "", 20220106, 1.5, True, [], {}),
    ],
)
def test_everything_else_is_unreadable(value: object) -> None:
    assert read_time(value) is None


def test_columns_of_times_and_dates() -> None:
    east = timezone(timedelta(hours=2))
    assert read_time(datetime(2022, 1, 6, 9, tzinfo=east)) == datetime(2022, 1, 6, 7, tzinfo=UTC)
    assert read_time(datetime(2022, 1, 6, 9)) == datetime(2022, 1, 6, 9, tzinfo=UTC)
    assert read_time(date(2022, 1, 6)) == datetime(2022, 1, 6, tzinfo=UTC)


@given(st.datetimes(timezones=st.timezones()))
def test_what_isoformat_writes_is_read(moment: datetime) -> None:
    text = moment.isoformat()
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        expected = None
    if len(text.rpartition("+")[2]) > 6 or text[-6] not in "+-":  # zones with seconds, before 1900
        return
    assert read_time(text) == expected


@given(st.text())
def test_never_raises(text: str) -> None:
    read_time(text)
    read_page_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("January 6, 2022", datetime(2022, 1, 6, tzinfo=UTC)),
        ("Thu, January 6, 2022, 9:41 AM", datetime(2022, 1, 6, 9, 41, tzinfo=UTC)),
        ("Thursday, Jan. 6, 2022 at 9:41 p.m. EST", datetime(2022, 1, 6, 21, 41, tzinfo=UTC)),
        ("Sept 6 2022, 12:05 AM", datetime(2022, 9, 6, 0, 5, tzinfo=UTC)),
        ("January 6, 2022, 12:05 PM", datetime(2022, 1, 6, 12, 5, tzinfo=UTC)),
        ("May 6, 2022", datetime(2022, 5, 6, tzinfo=UTC)),
        ("30 January 2022", datetime(2022, 1, 30, tzinfo=UTC)),
        ("Sunday 30th Jan 2022, 14:05", datetime(2022, 1, 30, 14, 5, tzinfo=UTC)),
        ("30 Jan. 2022 at 2:05pm GMT", datetime(2022, 1, 30, 14, 5, tzinfo=UTC)),
        ("31 February 2022", None),
        ("30 Smarch 2022", None),
        ("30 Jan 2022, 24:05", None),
        ("Smarch 6, 2022", None),
        ("Maybe 5, 2022", None),
        ("Junk 6, 2022", None),
        ("January 32, 2022", None),
        ("January 6, 2022, 9:75 AM", None),
        ("Zoe Quill", None),
    ],
)
def test_dates_as_pages_print_them(text: str, expected: datetime | None) -> None:
    assert read_page_date(text) == expected
