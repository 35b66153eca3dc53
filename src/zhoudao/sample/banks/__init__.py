"""Banks of the sample: a year of transfers, and the messy files each bank answers with; the truth beside them,
never inside.

Made on demand only (`zhoudao sample banks`). No card is anybody's: 6299 is no bank's number.
"""
