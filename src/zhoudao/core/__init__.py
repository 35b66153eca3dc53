"""Floor 2: what the counter and the desk both need."""
