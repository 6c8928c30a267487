from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_first_tables")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE orders_number AS bigint START 10001", "DROP SEQUENCE orders_number"
        ),
    ]
