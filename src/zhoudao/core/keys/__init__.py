"""Encryption at rest (静态加密), blind indexes (盲索引) and the rotation of keys."""
