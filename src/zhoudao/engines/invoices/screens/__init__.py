"""Screens over the tables of an invoice case: each looks for one thing that honest trade rarely does, a file a subject.

Relational ones are Ibis expressions, which run on DuckDB here and unchanged on Spark.
"""

from zhoudao.engines.invoices.screens import chains, exports, firms, goods, mirrors, money

DETECTORS = (*firms.DETECTORS, *goods.DETECTORS, *exports.DETECTORS, *money.DETECTORS, *chains.DETECTORS,
             *mirrors.DETECTORS)  # fmt: skip
