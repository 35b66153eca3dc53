"""A made-up economy: firms that buy and sell, export and are refunded, with crimes hidden in it, all from one seed.

Made on demand (``zhoudao sample case refund``), never at every start. ``economy`` says who there is and who trades
with whom, ``honest`` and ``exports`` what they invoice, pay and ship, ``schemes`` add the crimes, ``files`` writes what
police would receive. What is true is written apart from it, or not at all.
"""
