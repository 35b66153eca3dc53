"""The city pack: everything local, read from one folder and checked.

``current()`` is the city this installation serves. ``load_pack(folder)`` reads the rest of a pack, which only
the sample generator needs, and ``land.islands_of(folder)`` the outlines. ``docs/city-pack.md`` explains every
file.
"""

from zhoudao.core.city.loading import BadPack, current, load, load_pack
from zhoudao.core.city.shapes import City, District, Pack, Text
from zhoudao.core.city.yaml_lines import BadYaml

__all__ = ["BadPack", "BadYaml", "City", "District", "Pack", "Text", "current", "load", "load_pack"]
