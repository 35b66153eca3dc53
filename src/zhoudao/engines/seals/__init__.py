"""Seals: the hash chain under the audit trail. Pure: no Django, no database, no user."""
