"""Jobs and notices written with the business transaction, delivered later."""
