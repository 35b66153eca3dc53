"""Findings (线索): what detectors found in a case's ledger, and what people decided about it."""
