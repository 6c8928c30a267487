"""Names are found by their beginning in whatever case; the index of an expression with an operator class is written as SQL."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_find_members_by_name")]

    operations = [
        migrations.RemoveIndex(model_name="member", name="member_nickname_starts"),
        migrations.RunSQL(
            "CREATE INDEX member_nickname_begins ON people_member (upper(nickname) text_pattern_ops)",
            "DROP INDEX member_nickname_begins",
        ),
    ]
