"""The overview: the city's major roads, joined and simplified, in one small file."""

from __future__ import annotations

import numpy as np
import shapely

from zhoudao.counter.places.layers.ground import GeoJson, collection, feature
from zhoudao.counter.places.layers.rules import MAJOR, OVERVIEW_TOLERANCE
from zhoudao.counter.places.layers.streets import Streets


def overview(streets: Streets) -> GeoJson:
    """One feature a kind, the most important one last so that it is drawn on top."""
    kinds = np.array(streets.kinds)
    features = []
    for kind in reversed(MAJOR):
        found = streets.lines[kinds == kind]
        if len(found):
            joined = shapely.line_merge(shapely.union_all(found))
            features.append(feature(shapely.simplify(joined, OVERVIEW_TOLERANCE), kind=kind))
    return collection(features)
