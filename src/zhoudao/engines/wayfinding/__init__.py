"""Streets, timetables and opening hours: where can I be served soonest?"""
