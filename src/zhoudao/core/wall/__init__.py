"""The wall between the counter and the desk, kept while they run.

In each process a guard looks at every statement; on PostgreSQL each half has a role of its own as well.
"""
