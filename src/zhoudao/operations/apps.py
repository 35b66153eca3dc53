from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "zhoudao.operations"
    label = "operations"
