from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    name = "zhoudao.core.workdays"
    label = "workdays"
