from django.apps import AppConfig
from django.db.models.signals import post_migrate


def ready_keyring(**kwargs: object) -> None:
    """On the first start, make the keyring; on every later one, stop if it is not this database's."""
    from zhoudao.core.keys import keyring, queries

    keyring.get()
    queries.verify()


class KeysConfig(AppConfig):
    name = "zhoudao.core.keys"
    label = "keys"

    def ready(self) -> None:
        post_migrate.connect(ready_keyring, sender=self, dispatch_uid="keys.ready_keyring")
