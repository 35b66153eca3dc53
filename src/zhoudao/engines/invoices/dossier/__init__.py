"""A case found, as people read it: its rows by what they show, its flows in time, its network and its timeline.

from zhoudao.engines.invoices import dossier

rows = dossier.rows_of(read.tables, done, case)      # a data frame, no raw row in it twice under one heading
told = dossier.tell(read.tables, done, case, rows)   # plain data for JSON: firms, flows, edges, timeline, widenings
"""

from zhoudao.engines.invoices.dossier.raw import with_raw
from zhoudao.engines.invoices.dossier.rows import FIGURES, HEADINGS, LAYERS, rows_of
from zhoudao.engines.invoices.dossier.told import tell

__all__ = ["FIGURES", "HEADINGS", "LAYERS", "rows_of", "tell", "with_raw"]
