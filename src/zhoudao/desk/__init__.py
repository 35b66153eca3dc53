"""Floor 3, the other half (经侦研判): economic-crime analysis, always inside a case."""
