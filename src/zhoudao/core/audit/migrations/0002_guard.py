"""Refuse UPDATE and DELETE on audit rows. A later migration that rebuilds the table on SQLite must end with this."""

from django.db import migrations

from zhoudao.core.audit import guard


def install(apps, schema_editor):
    guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
