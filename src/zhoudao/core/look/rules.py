"""Who may see the look's own page."""

from zhoudao.core.access import STAFF_ROLES, Permission

VIEW_STYLE_GUIDE = Permission("look.view_style_guide", "see every component on one page", STAFF_ROLES)
