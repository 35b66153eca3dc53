"""What people have asked for."""
