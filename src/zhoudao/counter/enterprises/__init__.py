"""Enterprises: several things applied for at once, one named officer with a thread, agents, promises kept."""
