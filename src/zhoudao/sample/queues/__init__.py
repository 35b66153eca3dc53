"""Windows, and two months of people who queued at them."""
