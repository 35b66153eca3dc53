from django.apps import AppConfig


class WindowsConfig(AppConfig):
    name = "zhoudao.counter.windows"
    label = "windows"

    def ready(self) -> None:
        from zhoudao.counter.places import ports
        from zhoudao.counter.windows.queries.waits import for_the_map

        ports.register_queue(for_the_map)
