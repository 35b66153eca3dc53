"""Who lives, works and signs in in the sample city. Nobody real: docs/sample.md says how that is held."""
