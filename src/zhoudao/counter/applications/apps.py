from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "zhoudao.counter.applications"
    label = "applications"
