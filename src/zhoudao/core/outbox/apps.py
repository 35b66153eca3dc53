from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "zhoudao.core.outbox"
    label = "outbox"
