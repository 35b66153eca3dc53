"""Evidence (证据): a case's files as they came, and one clean ledger whose every figure opens its rows."""
