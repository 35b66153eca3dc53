"""The kiosk's own side: what runs on the kiosk's machine. No database of the platform, and none of its keys."""
