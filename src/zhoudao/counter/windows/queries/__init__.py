"""Reads, each what one screen needs, in a bounded number of SQL queries."""
