from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0001_cases")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE aftersales_number AS bigint START 1001", "DROP SEQUENCE aftersales_number"
        )
    ]
