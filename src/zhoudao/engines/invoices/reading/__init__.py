"""Reading what offices hand over: files of many kinds into the tables of a case, every row accounted for.

from zhoudao.engines.invoices.reading import read_folder

case = read_folder(Path("CASE"))
case.tables["invoices"]; case.refused; case.report()
"""

from zhoudao.engines.invoices.reading.folder import Case, FileReport, NothingToRead, read_folder

__all__ = ["Case", "FileReport", "NothingToRead", "read_folder"]
