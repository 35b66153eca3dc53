from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhoudao.core.files"
    label = "files"

    def ready(self) -> None:
        from zhoudao.core.files.rotating import SealedFiles
        from zhoudao.core.keys import contents

        contents.register("files", SealedFiles())
