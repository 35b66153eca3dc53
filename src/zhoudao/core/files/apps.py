from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhoudao.core.files"
    label = "files"
