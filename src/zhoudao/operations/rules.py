"""What running the platform allows, and to whom."""

from zhoudao.core.access import Permission, Role

BACK_UP = Permission("operations.back_up", "make, check and restore backups", {Role.ADMINISTRATOR})
SEE_STATE = Permission("operations.see_state", "see how the platform stands", {Role.ADMINISTRATOR})
SEE_SETTINGS = Permission("operations.see_settings", "see the settings in use", {Role.ADMINISTRATOR})
TELL = Permission(
    "operations.tell", "tell the administrators what is wrong with the platform", {Role.ADMINISTRATOR}
)
RETAIN = Permission("operations.retain", "erase what has been kept long enough, and report it", ())
"""Nobody but the platform itself: once a day, or by a command on the server."""
