"""Files people hand in, checked against what the item asks; pictures drawn anew.

A picture is decoded and encoded again (Pillow), so that hidden data, a second file at its end and where it was taken
are gone; one that unfolds to more than ``MOST_PIXELS`` is refused before it is decoded.
"""

from __future__ import annotations

import io

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from zhoudao.core.files.rules import BadFile, claimed_kind, clean_name
from zhoudao.counter.catalog.program import Paper

MIB = 1024 * 1024
MOST_PIXELS = 40_000_000
"""A phone's largest common picture has 12 to 50 million; a bomb has thousands of millions."""
QUALITY = 90


class BadPaper(BadFile):
    """A file the item doesn't take: says why to the person who sent it."""


def cleaned(upload: File, rule: Paper) -> File:
    """The file to store. Raises BadFile."""
    name = clean_name(upload.name or "")
    kind = claimed_kind(name).code
    if kind not in rule.kinds:
        raise BadPaper(_("%(name)s: send it as %(kinds)s.") % {"name": name, "kinds": ", ".join(rule.kinds)})
    if (upload.size or 0) > rule.most_mib * MIB:
        raise BadPaper(
            _("%(name)s is larger than %(most)s MiB: send a smaller one.")
            % {"name": name, "most": rule.most_mib}
        )
    if kind == "pdf":
        return upload
    return ContentFile(_drawn_anew(upload.read(), name, kind, rule), name=name)


def _drawn_anew(content: bytes, name: str, kind: str, rule: Paper) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise BadPaper(_("%(name)s has too many pixels: send a smaller picture.") % {"name": name})
            turned = ImageOps.exif_transpose(picture)
            drawn = turned.convert("RGB" if kind == "jpeg" else "RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise BadPaper(_("%(name)s can't be opened as a picture: take it again.") % {"name": name}) from None
    least = (rule.least_width or 0, rule.least_height or 0)
    if drawn.width < least[0] or drawn.height < least[1]:
        raise BadPaper(
            _("%(name)s is %(w)s by %(h)s pixels: at least %(lw)s by %(lh)s are needed.")
            % {"name": name, "w": drawn.width, "h": drawn.height, "lw": least[0], "lh": least[1]}
        )
    out = io.BytesIO()
    if kind == "jpeg":
        drawn.save(out, "JPEG", quality=QUALITY)
    else:
        drawn.save(out, "PNG")
    return out.getvalue()
