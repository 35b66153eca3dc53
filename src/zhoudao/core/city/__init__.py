"""The city pack: everything local, read from one folder and checked."""
