from django.apps import AppConfig


class KiosksConfig(AppConfig):
    name = "zhoudao.counter.kiosks"
    label = "kiosks"
