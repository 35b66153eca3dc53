"""The money room's pages: parse, call one action or query, render."""
