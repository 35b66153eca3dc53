"""The column keeps its name and its values; contents of before are found where they lie and sealed by the daily job.

Only the model's name for it changes, so the database is not touched and the version before goes on reading it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="storedfile",
                    name="sha256",
                    field=models.CharField(db_column="sha256", db_index=True, max_length=64),
                ),
                migrations.RenameField(model_name="storedfile", old_name="sha256", new_name="address"),
            ]
        ),
    ]
