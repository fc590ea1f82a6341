"""The change: a job that a tenant has handed to a marketplace, and its tasks."""

from django.db import migrations, models
from django.db.models.functions import Now

_status = models.CharField(max_length=50, db_default="PENDING")
_created_at = models.DateTimeField(db_default=Now())


class Migration(migrations.Migration):
    """As in `bench.tenant.metadata`."""

    dependencies = [("shop", "0001_ten_tables")]
    operations = [
        migrations.CreateModel(
            name="MarketplaceJob",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=255)),
                ("status", _status.clone()),
                ("created_at", _created_at.clone()),
            ],
            options={"db_table": "marketplace_jobs"},
        ),
        migrations.CreateModel(
            name="MarketplaceTask",
            fields=[
                ("id", models.AutoField(primary_key=True)),
                (
                    "job",
                    models.ForeignKey("shop.MarketplaceJob", models.CASCADE, db_index=False),
                ),
                ("name", models.CharField(max_length=255)),
                ("position", models.IntegerField()),
                ("status", _status.clone()),
                ("result", models.JSONField(null=True)),
                ("error_message", models.TextField(null=True)),
                ("created_at", _created_at.clone()),
                ("started_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "marketplace_tasks",
                "indexes": [
                    models.Index(fields=["job", "position"], name="ix_marketplace_tasks_position"),
                    models.Index(fields=["job", "status"], name="ix_marketplace_tasks_status"),
                ],
            },
        ),
    ]
