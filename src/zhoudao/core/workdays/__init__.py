"""Working days, make-up Saturdays and deadlines."""
