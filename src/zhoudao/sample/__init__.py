"""A whole city from one seed. No real person: see docs/sample.md."""
