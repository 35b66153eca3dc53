from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "zhoudao.core.look"
    label = "look"
