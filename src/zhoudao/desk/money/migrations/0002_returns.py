from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("money", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="view",
            name="kind",
            field=models.CharField(
                choices=[("graph", "graph"), ("trace", "trace"), ("ring", "ring"), ("return", "return")],
                max_length=10,
            ),
        ),
    ]
