"""What can be done in this room. Other rooms use ``residents`` and ``organisations``; commands use
``imports``.
"""

from zhoudao.core.people.actions.imports import (
    ImportReport,
    Refusal,
    import_agents,
    import_organisations,
    import_residents,
    import_staff,
)
from zhoudao.core.people.actions.organisations import appoint_agent, register_organisation, withdraw_agency
from zhoudao.core.people.actions.residents import find_resident, register_resident

__all__ = [
    "ImportReport",
    "Refusal",
    "appoint_agent",
    "find_resident",
    "import_agents",
    "import_organisations",
    "import_residents",
    "import_staff",
    "register_organisation",
    "register_resident",
    "withdraw_agency",
]
