"""The room's pages: applying, one's own applications, the officers' case pages, and the figures."""
