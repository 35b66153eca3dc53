"""Encryption at rest, blind indexes and key rotation."""
