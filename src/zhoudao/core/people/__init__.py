"""Accounts, roles, residents and organisations."""
