"""From cells to transfers-to-be: the compiled columns of good records, and a careful look at every other line."""
