"""Writes a network as an OpenStreetMap extract (.osm.pbf), the same bytes for the same network."""

from __future__ import annotations

from pathlib import Path

import osmium
from osmium.osm.mutable import Node
from osmium.osm.mutable import Way as OsmWay

from zhoudao.sample.geography.network import Network
from zhoudao.sample.geography.plane import Plane

NODE_IDS = 1_000_000_000
WAY_IDS = 100_000_000
"""Where ids begin: ``id - NODE_IDS`` is the number of the node in the network."""
NOTE = "Zhoudao sample city: generated, not OpenStreetMap's own data"


def write(network: Network, plane: Plane, path: Path) -> None:
    header = osmium.io.Header()
    header.set("generator", NOTE)
    path.unlink(missing_ok=True)
    degrees = plane.degrees(network.nodes).tolist()
    writer = osmium.SimpleWriter(str(path), header=header)
    try:
        for number, (longitude, latitude) in enumerate(degrees):
            tags = network.node_tags.get(number, {})
            writer.add_node(Node(id=NODE_IDS + number, version=1, location=(longitude, latitude), tags=tags))
        for number, way in enumerate(network.ways):
            nodes = [NODE_IDS + node for node in way.nodes]
            writer.add_way(OsmWay(id=WAY_IDS + number, version=1, nodes=nodes, tags=way.tags))
    finally:
        writer.close()
