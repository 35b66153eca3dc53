from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "zhoudao.core.people"
    label = "people"

    def ready(self) -> None:
        from zhoudao.core.audit.actions import act
        from zhoudao.core.keys import trail

        trail.use(act)  # keys stand below the audit trail, so the trail is handed to them here
