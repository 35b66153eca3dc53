"""The way there (路): where one is served soonest, by streets, timetable, opening hours and queue.

The computing is ``zhoudao.engines.wayfinding``'s; this part feeds it the directory and says its answers in words.
"""
