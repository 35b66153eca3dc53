"""The map's own vector data (图层): land, names, roads, boats and streets, made once and served by us alone.

Land and names come from the city pack; roads, streets and boats are drawn anew whenever streets or a timetable
are imported (``actions.draw``). Every file is named by its content, so that a browser may keep it for ever.
"""
