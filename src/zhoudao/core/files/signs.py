"""Whether the disk still takes what people hand in."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from zhoudao.core.signs import Level, Reading, sign

WATCH_SHARE, BAD_SHARE = 0.15, 0.05
BAD_BYTES = 2 * 2**30
"""Free: below this a morning's uploads may not fit, whatever the share."""


@sign("files.disk", order=10)
def disk() -> Reading:
    usage = shutil.disk_usage(_nearest(Path(settings.FILES_DIR)))
    share = usage.free / usage.total
    if share < BAD_SHARE or usage.free < BAD_BYTES:
        level = Level.BAD
        words = _("Only %(gib)s GiB are free on the data disk: make room now, or uploads will be refused.")
    elif share < WATCH_SHARE:
        level, words = Level.WATCH, _("%(gib)s GiB are free on the data disk: plan for more room.")
    else:
        level, words = Level.WELL, _("%(gib)s GiB are free on the data disk.")
    numbers = {"zhoudao_disk_free_bytes": usage.free, "zhoudao_disk_size_bytes": usage.total}
    return Reading(level, words % {"gib": f"{usage.free / 2**30:.1f}"}, numbers)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())
