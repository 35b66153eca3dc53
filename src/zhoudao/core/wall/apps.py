from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class WallConfig(AppConfig):
    name = "zhoudao.core.wall"

    def ready(self) -> None:
        # Sent for each room that has tables, after all were migrated: one of them is enough.
        post_migrate.connect(
            _grant_again, sender=apps.get_app_config("contenttypes"), dispatch_uid="zhoudao.core.wall"
        )


def _grant_again(**given: object) -> None:
    """New tables are granted to the half they belong to."""
    from zhoudao.core.wall import roles

    if roles.in_use() and roles.is_postgresql():
        roles.grant(roles.in_use())
