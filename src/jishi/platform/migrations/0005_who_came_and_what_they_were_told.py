from django.db import migrations, models

from jishi.platform.rush import sql, sql_parts


class Migration(migrations.Migration):
    """How often each answer was given; a claim that lapses does so now; strikes keep the usual batch quick."""

    dependencies = [
        ("platform", "0004_rush_at_full_speed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "pool_id", "outcome", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("pool_id", models.UUIDField()),
                ("outcome", models.CharField(max_length=16)),
                ("count", models.BigIntegerField()),
            ],
            options={
                "db_table": "rush_tally",
            },
        ),
        migrations.RunSQL("ALTER TABLE rush_tally SET (fillfactor = 50)", migrations.RunSQL.noop),
        migrations.RunSQL([sql_parts.CREATE_MOVE, sql.CREATE_CLAIMS], migrations.RunSQL.noop),
    ]
