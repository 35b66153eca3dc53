from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "zhoudao.counter.applications"
    label = "applications"

    def ready(self) -> None:
        from zhoudao.core.files import owners
        from zhoudao.counter.applications.queries import counting, own
        from zhoudao.counter.catalog.ports import register_popularity

        register_popularity(counting.popular)
        owners.register("applications", own.may_open_file)
