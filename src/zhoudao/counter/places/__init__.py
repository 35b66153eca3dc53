"""Where it is done: points, hours, phones and guides (舟到地图)."""
