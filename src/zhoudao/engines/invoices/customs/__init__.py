"""Which customs declarations to open first: a ranking learned from those opened before, with reasons for each.

    model = customs.learn(history)            # Arrow, columns IMPORTS and ``fraud``
    ranked = customs.rank(model, new)         # riskiest first, with the share of risk each reason makes

What is learned is what inspectors found before, so that it also learns where they looked. It ranks; a person opens.
"""

from zhoudao.engines.invoices.customs.detector import DETECTORS
from zhoudao.engines.invoices.customs.features import IMPORTS
from zhoudao.engines.invoices.customs.ranking import Model, learn, rank

__all__ = ["DETECTORS", "IMPORTS", "Model", "learn", "rank"]
