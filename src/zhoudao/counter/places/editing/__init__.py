"""Keeping the directory right: proposed changes and a second pair of eyes, mistakes people report, entries
nobody has looked at for long."""
