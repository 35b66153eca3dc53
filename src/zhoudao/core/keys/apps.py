from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "zhoudao.core.keys"
    label = "keys"
