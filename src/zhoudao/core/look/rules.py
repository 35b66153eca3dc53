"""Who may see the look's own page."""

from zhoudao.core.access import ANYONE, STAFF_ROLES, Permission

VIEW_STYLE_GUIDE = Permission("look.view_style_guide", "see every component on one page", STAFF_ROLES)
ASK_HEALTH = Permission("look.ask_health", "ask whether the service is up", ANYONE)
