"""Applications with their answers, in every state, so that the hub's lists and pages have something to show."""
