"""Running the platform for years: backups and restores, what can be watched, and what is wrong in words."""
