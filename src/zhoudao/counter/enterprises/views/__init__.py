"""Thin: parse, call one action or query, render."""
