from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "zhoudao.counter.catalog"
    label = "catalog"
