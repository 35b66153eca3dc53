from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "zhoudao.core.look"
    label = "look"

    def ready(self) -> None:
        from zhoudao.core.look import navigation

        navigation.discover()
