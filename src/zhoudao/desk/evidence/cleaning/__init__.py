"""Cleaning (清洗): a case's raw files made into one ledger by ``zhoudao.engines.statements``, as a job of the
worker."""
