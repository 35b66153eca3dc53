"""What the sample city's people asked the police for."""
