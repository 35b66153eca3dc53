"""The audit trail: a hash chain written in the business transaction."""
