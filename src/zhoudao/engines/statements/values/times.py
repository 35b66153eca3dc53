"""Times in every common form, to the microsecond of UTC, with what precision was written.

Read are: ``2026-01-15 09:30:00`` with - / . or 年月日 between, one-digit months, ``20260115``,
``20260115093000``, a ``T`` or
a blank between, fractions, 上午/下午 and AM/PM, ``Z``, ``+08:00``, ``UTC``, Excel's day numbers (1900 system), Unix
seconds and milliseconds, and ``15/01/2026``, where the column says which comes first. Without an offset a time is
China's (UTC+8, no daylight saving since 1991).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.statements.values.cells import LONGEST, TIME, fold, number_in
from zhoudao.engines.statements.values.status import AMBIGUOUS, BAD, EMPTY, OK

SECOND, MINUTE, DAY = 0, 1, 2
PRECISIONS = ("second", "minute", "day")
YEAR_FIRST, DAY_FIRST, MONTH_FIRST = 0, 1, 2
"""Order of a date written in three short numbers, as its column has it."""

US = 1_000_000
DAY_US = 86_400 * US
CHINA_US = 8 * 3_600 * US
EXCEL_EPOCH = 25_569
"""Excel's number of 1970-01-01 (1900 date system)."""
FIRST_YEAR, LAST_YEAR = 1970, 2099
_LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


@njit(cache=True, nogil=True)
def day_number(year, month, day):
    """Days since 1970-01-01 of a date of the Gregorian calendar; -1 where there is no such day (Hinnant,
    days_from_civil)."""
    if year < FIRST_YEAR or year > LAST_YEAR or month < 1 or month > 12 or day < 1:
        return np.int64(-1)
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    if day > _LENGTHS[month - 1] + (1 if month == 2 and leap else 0):
        return np.int64(-1)
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return np.int64(era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468)


@njit(cache=True, nogil=True)
def _two(buffer, at):
    tens, ones = buffer[at] - 48, buffer[at + 1] - 48
    if tens < 0 or tens > 9 or ones < 0 or ones > 9:
        return -1
    return tens * 10 + ones


@njit(cache=True, nogil=True)
def time_of(buffer, start, end, order, out):
    """``(microseconds of UTC, status, precision)`` of a cell that holds a date, with or without a time of day."""
    zero = np.int64(0)
    if end - start == 19 and buffer[start + 13] == 58 and buffer[start + 16] == 58:
        separator = buffer[start + 4]
        between = buffer[start + 10]
        if (
            (separator == 45 or separator == 47)
            and buffer[start + 7] == separator
            and (between == 32 or between == 84)
        ):
            year = _two(buffer, start) * 100 + _two(buffer, start + 2)
            month, day = _two(buffer, start + 5), _two(buffer, start + 8)
            hour, minute, second = (
                _two(buffer, start + 11),
                _two(buffer, start + 14),
                _two(buffer, start + 17),
            )
            if hour >= 0 and hour < 24 and minute >= 0 and minute < 60 and second >= 0 and second < 60:
                days = day_number(year, month, day)
                if days >= 0:
                    of_day = np.int64(hour * 3600 + minute * 60 + second) * US
                    return days * DAY_US + of_day - CHINA_US, OK, SECOND
    length = fold(buffer, start, end, TIME, out)
    if length == 0:
        return zero, EMPTY, DAY
    if length < 0:
        return zero, BAD, DAY
    return _careful(out, length, order)


@njit(cache=True, nogil=True)
def _careful(out, length, order):
    zero = np.int64(0)
    run = 0
    while run < length and out[run] >= 48 and out[run] <= 57:
        run += 1
    if run == length or (run == length - 2 and out[run] == 46 and out[run + 1] == 48):
        return _digits_only(out, run)
    if run == 5 and out[run] == 46:
        days, fraction = _serial(out, run, length)
        if days < 0:
            return zero, BAD, DAY
        return days * DAY_US + fraction - CHINA_US, OK, DAY if fraction == 0 else SECOND
    days, at, status = _date(out, length, order)
    if status != OK:
        return zero, status, DAY
    while at < length and (out[at] == 32 or out[at] == 84 or out[at] == 45 or out[at] == 44):
        at += 1
    if at == length:
        return days * DAY_US - CHINA_US, OK, DAY
    of_day, precision, offset, fine = _clock(out, at, length)
    if not fine:
        return zero, BAD, DAY
    return days * DAY_US + of_day - offset, OK, precision


@njit(cache=True, nogil=True)
def _digits_only(out, run):
    """20260115, 202601150930, 20260115093000, with milliseconds too; Excel's day number; Unix seconds, milliseconds."""
    zero = np.int64(0)
    if run == 5:
        days = number_in(out, 0, 5) - EXCEL_EPOCH
        if days >= 0 and days < 47_500:
            return days * DAY_US - CHINA_US, OK, DAY
        return zero, BAD, DAY
    if run == 10 or run == 13:
        value = number_in(out, 0, run)
        if out[0] == 49 and out[1] >= 48 and (run == 13 or out[1] >= 50):
            return value * (US if run == 10 else 1000), OK, SECOND
        return zero, BAD, DAY
    if run != 8 and run != 12 and run != 14 and run != 17 and run != 20:
        return zero, BAD, DAY
    days = day_number(number_in(out, 0, 4), number_in(out, 4, 6), number_in(out, 6, 8))
    if days < 0:
        return zero, BAD, DAY
    if run == 8:
        return days * DAY_US - CHINA_US, OK, DAY
    hour, minute = number_in(out, 8, 10), number_in(out, 10, 12)
    second = number_in(out, 12, 14) if run >= 14 else np.int64(0)
    if hour == 24 and minute == 0 and second == 0:
        hour, days = np.int64(0), days + 1
    if hour > 23 or minute > 59 or second > 59:
        return zero, BAD, DAY
    part = np.int64(0)
    if run == 17:
        part = number_in(out, 14, 17) * 1000
    elif run == 20:
        part = number_in(out, 14, 20)
    of_day = (hour * 3600 + minute * 60 + second) * US + part
    return days * DAY_US + of_day - CHINA_US, OK, MINUTE if run == 12 else SECOND


@njit(cache=True, nogil=True)
def _serial(out, run, length):
    """Excel's day number with a fraction of a day, to the nearest second: that is as fine as its dates go."""
    days = number_in(out, 0, run) - EXCEL_EPOCH
    fraction = 0.0
    scale = 0.1
    for at in range(run + 1, length):
        if out[at] < 48 or out[at] > 57:
            return np.int64(-1), np.int64(0)
        fraction += (out[at] - 48) * scale
        scale *= 0.1
    seconds = np.int64(np.floor(fraction * 86_400 + 0.5))
    if days < 0 or days >= 47_500:
        return np.int64(-1), np.int64(0)
    return days, seconds * US


@njit(cache=True, nogil=True)
def _month_name(out, at, length):
    """1 to 12 where English letters at ``at`` begin a month's name, else 0."""
    if at + 3 > length:
        return 0
    a, b, c = out[at] | 32, out[at + 1] | 32, out[at + 2] | 32
    code = (np.int64(a) << 16) | (np.int64(b) << 8) | np.int64(c)
    for month in range(12):
        if _MONTHS[month] == code:
            return month + 1
    return 0


_MONTHS = np.array(
    [
        int.from_bytes(name.encode(), "big")
        for name in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    ],
    dtype=np.int64,
)


@njit(cache=True, nogil=True)
def _date(out, length, order):
    """``(days, where the date ends, status)`` of three numbers with signs between, or a month by its name."""
    numbers = np.zeros(3, np.int64)
    widths = np.zeros(3, np.int64)
    named = -1
    at = 0
    for which in range(3):
        begin = at
        while at < length and out[at] >= 48 and out[at] <= 57:
            at += 1
        if at == begin:
            month = _month_name(out, at, length)
            if month == 0 or named >= 0:
                return np.int64(0), at, BAD
            named = which
            numbers[which] = month
            while at < length and (out[at] | 32) >= 97 and (out[at] | 32) <= 122:
                at += 1
        else:
            if which == 0 and at - begin == 8:  # 20260115 09:30:00
                days = day_number(number_in(out, 0, 4), number_in(out, 4, 6), number_in(out, 6, 8))
                return days, at, OK if days >= 0 else BAD
            numbers[which] = number_in(out, begin, at)
            widths[which] = at - begin
            if at - begin > 4:
                return np.int64(0), at, BAD
        if which < 2:
            begin = at
            while at < length and (
                out[at] == 45 or out[at] == 47 or out[at] == 46 or out[at] == 32 or out[at] == 44
            ):
                at += 1
            if at == begin or at - begin > 2:
                return np.int64(0), at, BAD
    year, month, day = numbers[0], numbers[1], numbers[2]
    if widths[0] != 4:
        if widths[2] != 4:
            return np.int64(0), at, BAD
        year = numbers[2]
        if named == 0:
            month, day = numbers[0], numbers[1]
        elif named == 1 or order == DAY_FIRST or numbers[0] > 12:
            day, month = numbers[0], numbers[1]
        elif order == MONTH_FIRST or numbers[1] > 12 or numbers[0] == numbers[1]:
            month, day = numbers[0], numbers[1]
        else:
            return np.int64(0), at, AMBIGUOUS
    days = day_number(year, month, day)
    return days, at, OK if days >= 0 else BAD


@njit(cache=True, nogil=True)
def _clock(out, start, length):
    """``(microseconds of the day, precision, offset from UTC, readable)`` of a time of day with all that may
    follow it."""
    zero = np.int64(0)
    at = start
    half = 0  # 1: 上午, AM; 2: 下午, PM
    if at + 1 < length and (out[at] == 65 or out[at] == 80) and out[at + 1] == 77:
        half = 1 if out[at] == 65 else 2
        at += 2
        while at < length and out[at] == 32:
            at += 1
    begin = at
    while at < length and out[at] >= 48 and out[at] <= 57:
        at += 1
    digits = at - begin
    minute, second, part = zero, zero, zero
    precision = SECOND
    if digits == 6 or digits == 4 or digits == 5 or digits == 9:
        # 093000, or 93000 where a spreadsheet lost the leading zero; 093000123 has milliseconds.
        lead = 1 if digits == 5 else 2
        hour = number_in(out, begin, begin + lead)
        minute = number_in(out, begin + lead, begin + lead + 2)
        if digits == 4:
            precision = MINUTE
        else:
            second = number_in(out, begin + lead + 2, begin + lead + 4)
        if digits == 9:
            part = number_in(out, begin + 6, begin + 9) * 1000
    elif digits == 1 or digits == 2:
        hour = number_in(out, begin, at)
        if at >= length or (out[at] != 58 and out[at] != 46):
            return zero, precision, zero, False
        at += 1
        begin = at
        while at < length and out[at] >= 48 and out[at] <= 57:
            at += 1
        if at == begin and at == length:  # 9时
            minute, precision = zero, MINUTE
        elif at - begin < 1 or at - begin > 2:
            return zero, precision, zero, False
        else:
            minute = number_in(out, begin, at)
        if at < length and (out[at] == 58 or out[at] == 46):
            at += 1
            begin = at
            while at < length and out[at] >= 48 and out[at] <= 57:
                at += 1
            if at == begin and at == length:  # 9时30分
                precision = MINUTE
            elif at - begin < 1 or at - begin > 2:
                return zero, precision, zero, False
            else:
                second = number_in(out, begin, at)
        else:
            precision = MINUTE
    else:
        return zero, precision, zero, False
    if at < length and (out[at] == 46 or out[at] == 44) and precision == SECOND and part == 0:
        at += 1
        scale = 100_000
        begin = at
        while at < length and out[at] >= 48 and out[at] <= 57:
            part += (out[at] - 48) * scale
            scale //= 10
            at += 1
        if at == begin:
            return zero, precision, zero, False
    while at < length and out[at] == 32:
        at += 1
    if half == 0 and at + 1 < length and (out[at] | 32) != 122 and (out[at + 1] | 32) == 109:
        if (out[at] | 32) == 97:
            half = 1
        elif (out[at] | 32) == 112:
            half = 2
        if half:
            at += 2
    if half:
        if hour > 12 and half == 1:
            return zero, precision, zero, False
        if half == 2 and hour < 12:
            hour += 12
        elif half == 1 and hour == 12:
            hour = zero
    if hour == 24 and minute == 0 and second == 0:
        pass  # the end of the day
    elif hour < 0 or hour > 23:
        return zero, precision, zero, False
    if minute < 0 or minute > 59 or second < 0 or second > 59:
        return zero, precision, zero, False
    offset, fine = _offset(out, at, length)
    return (hour * 3600 + minute * 60 + second) * US + part, precision, offset, fine


@njit(cache=True, nogil=True)
def _offset(out, start, length):
    """``(microseconds ahead of UTC, readable)``: nothing, Z, UTC, GMT, CST, +08:00, +0800, +8, UTC+8, and a
    name after them."""
    at = start
    while at < length and out[at] == 32:
        at += 1
    if at == length:
        return np.int64(CHINA_US), True
    zoned = False
    if (out[at] | 32) == 122 and at + 1 == length:
        return np.int64(0), True
    if at + 2 < length:
        a, b, c = out[at] | 32, out[at + 1] | 32, out[at + 2] | 32
        if (a == 117 and b == 116 and c == 99) or (a == 103 and b == 109 and c == 116):
            zoned = True
            at += 3
        elif a == 99 and b == 115 and c == 116 and at + 3 == length:  # China standard time
            return np.int64(CHINA_US), True
    while at < length and out[at] == 32:
        at += 1
    if at == length:
        return np.int64(0), zoned
    if out[at] != 43 and out[at] != 45:
        return np.int64(0), False
    sign = 1 if out[at] == 43 else -1
    at += 1
    begin = at
    while at < length and out[at] >= 48 and out[at] <= 57:
        at += 1
    if at - begin == 4:
        hours, minutes = number_in(out, begin, begin + 2), number_in(out, begin + 2, begin + 4)
    elif at - begin == 1 or at - begin == 2:
        hours, minutes = number_in(out, begin, at), np.int64(0)
        if at < length and out[at] == 58 and at + 3 <= length:
            minutes = number_in(out, at + 1, at + 3)
            at += 3
    else:
        return np.int64(0), False
    if at != length or hours > 14 or minutes < 0 or minutes > 59:
        return np.int64(0), False
    return sign * (hours * 3600 + minutes * 60) * np.int64(US), True


@njit(cache=True, nogil=True)
def clock_of(buffer, start, end, pads, out):
    """``(microseconds of the day, status, precision)`` of a cell that holds a time of day alone (or after a date).

    ``pads``: the column writes 093000 and a spreadsheet has lost leading zeros, so that 1530 is a quarter past
    midnight."""
    zero = np.int64(0)
    length = fold(buffer, start, end, TIME, out)
    if length == 0:
        return zero, EMPTY, DAY
    if length < 0:
        return zero, BAD, DAY
    run = 0
    while run < length and out[run] >= 48 and out[run] <= 57:
        run += 1
    if run == length and (
        run <= 3 or (run == 4 and pads)
    ):  # 00:00:30 as 30 and 00:09:30 as 930, their zeros lost
        value = number_in(out, 0, run)
        minute, second = value // 100, value % 100
        if run == 0 or minute > 59 or second > 59:
            return zero, BAD, DAY
        return (minute * 60 + second) * US, OK, SECOND
    if run == length and run == 4:
        of_day, precision, _, fine = _clock(out, 0, length)
        return of_day, OK if fine else BAD, precision
    if run == 1 and length > 3 and out[0] == 48 and out[1] == 46:  # a fraction of a day
        _, fraction = _serial_fraction(out, length)
        if fraction >= 0:
            return fraction, OK, SECOND
    of_day, precision, offset, fine = _clock(out, 0, length)
    if fine and offset == CHINA_US:
        return of_day, OK, precision
    moment, status, precision = _careful(out, length, YEAR_FIRST)
    if status != OK:
        return zero, BAD, DAY
    return (moment + CHINA_US) % DAY_US, OK, precision


@njit(cache=True, nogil=True)
def _serial_fraction(out, length):
    fraction = 0.0
    scale = 0.1
    for at in range(2, length):
        if out[at] < 48 or out[at] > 57:
            return 0, np.int64(-1)
        fraction += (out[at] - 48) * scale
        scale *= 0.1
    return 0, np.int64(np.floor(fraction * 86_400 + 0.5)) * US


def read_time(text: str, order: int = YEAR_FIRST) -> tuple[int, int, int]:
    """``(microseconds of UTC, status, precision)`` of one text; for tests, and for lines looked at one by one."""
    data = np.frombuffer(text.encode() + b" ", dtype=np.uint8)
    value, status, precision = time_of(data, 0, len(data) - 1, order, np.empty(LONGEST, np.uint8))
    return int(value), int(status), int(precision)


def read_clock(text: str, pads: bool = False) -> tuple[int, int, int]:
    """``(microseconds of the day, status, precision)`` of one text that holds a time of day."""
    data = np.frombuffer(text.encode() + b" ", dtype=np.uint8)
    value, status, precision = clock_of(data, 0, len(data) - 1, pads, np.empty(LONGEST, np.uint8))
    return int(value), int(status), int(precision)
