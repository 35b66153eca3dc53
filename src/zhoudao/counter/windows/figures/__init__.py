"""Supervisors' boards: how windows, officers and items fare now, today and in a month, and when people come."""
