"""A content-addressed store of what people hand in."""
