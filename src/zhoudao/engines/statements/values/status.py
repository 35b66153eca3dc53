"""How the reading of one cell ended."""

OK = 0
EMPTY = 1
BAD = 2
"""Nothing of that kind is written there."""
SCIENTIFIC = 3
"""1.23E+08: a spreadsheet rounded it, and what it was can't be known."""
BELOW_MINOR = 4
"""More decimals than the currency has: not a whole number of fen."""
TOO_LARGE = 5
AMBIGUOUS = 6
"""03/04/2026 with nothing in its column that says whether the day or the month comes first."""
RUINED = 7
"""An account number that a spreadsheet has cut to 15 digits."""
