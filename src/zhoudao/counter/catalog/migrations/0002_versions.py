"""Every version of an item is kept, and items may be written in the browser."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_present_versions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    published = apps.get_model("catalog", "PublishedItem")
    versions = apps.get_model("catalog", "ItemVersion")
    versions.objects.bulk_create(
        versions(code=row.code, version=row.version, definition=row.definition, published_at=row.published_at)
        for row in published.objects.all()
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AddField("publisheditem", "written_here", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="ItemVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                ("definition", models.JSONField()),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["code", "version"], name="one_row_an_item_version")
                ]
            },
        ),
        migrations.CreateModel(
            name="ItemProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(db_index=True, max_length=60)),
                ("text", models.TextField()),
                ("reason", models.CharField(max_length=200)),
                ("proposed_by", models.CharField(max_length=40)),
                ("proposed_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("confirmed", "confirmed"),
                            ("refused", "refused"),
                        ],
                        max_length=16,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("token", models.CharField(max_length=64, unique=True)),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.RunPython(keep_present_versions, migrations.RunPython.noop),
    ]
