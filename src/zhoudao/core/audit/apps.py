from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "zhoudao.core.audit"
    label = "audit"
