from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "zhoudao.counter.credentials"
    label = "credentials"

    def ready(self) -> None:
        from zhoudao.counter.applications.ports import register_certificates
        from zhoudao.counter.credentials import actions

        register_certificates(actions.ROOM)
