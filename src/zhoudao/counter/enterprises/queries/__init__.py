"""Reads, each returning what one screen needs."""
