"""The pages of evidence: ``files`` (what came, and its accounting) and ``ledger`` (what it says)."""
