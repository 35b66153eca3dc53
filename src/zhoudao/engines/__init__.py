"""Floor 1: pure computing. Tables and arrays in, findings out; no Django, no database, no user."""
