"""What the police do for people (事项): items and the search that finds them."""
