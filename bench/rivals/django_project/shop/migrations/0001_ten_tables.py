"""The ten tables, which every tenant has already; as `makemigrations` writes it, in a loop."""

from django.db import migrations, models
from django.db.models.functions import Now


def _table(number: int) -> migrations.CreateModel:
    name = f"t{number}"
    fields = [
        ("id", models.AutoField(primary_key=True)),
        ("name", models.CharField(max_length=100)),
        ("email", models.TextField(null=True)),
        ("amount", models.DecimalField(max_digits=10, decimal_places=2, db_default=0)),
        ("status", models.CharField(max_length=20, null=True, db_default="new")),
        ("created_at", models.DateTimeField(null=True, db_default=Now())),
    ]
    if number:
        before = models.ForeignKey(
            f"shop.T{number - 1}", models.DO_NOTHING, null=True, db_index=False
        )
        fields.append(("ref", before))
    indexes = [
        models.Index(fields=["name"], name=f"ix_{name}_name"),
        models.Index(fields=["status", "created_at"], name=f"ix_{name}_status"),
    ]
    return migrations.CreateModel(
        name=f"T{number}", fields=fields, options={"db_table": name, "indexes": indexes}
    )


class Migration(migrations.Migration):
    """As in `bench.tenant.before`."""

    initial = True
    operations = [_table(number) for number in range(10)]
