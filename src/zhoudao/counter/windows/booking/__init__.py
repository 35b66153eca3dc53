"""Appointments (预约): a half hour of a window that is somebody's, until they come or don't."""
