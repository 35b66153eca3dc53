"""What a kiosk needs, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhoudao.counter.kiosks.rules import Fault

NEEDS = {
    Fault.PAPER: _("paper runs out"),
    Fault.CAMERA: _("camera doesn't work"),
    Fault.READER: _("card reader doesn't work"),
    Fault.NETWORK: _("network is poor"),
    Fault.SILENT: pgettext_lazy("kiosk", "silent"),
}
