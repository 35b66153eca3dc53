from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "zhoudao.core.people"
    label = "people"
