"""What each page reads: one's own applications, officers' cases, and the figures."""
