from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "zhoudao.counter.applications"
    label = "applications"

    def ready(self) -> None:
        from zhoudao.counter.applications import queries
        from zhoudao.counter.catalog.ports import register_popularity

        register_popularity(queries.popular)
