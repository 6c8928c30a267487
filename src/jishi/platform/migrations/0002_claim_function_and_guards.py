from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION platform_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON platform_fact
    FOR EACH ROW EXECUTE FUNCTION platform_refuse_change();
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON platform_history
    FOR EACH ROW EXECUTE FUNCTION platform_refuse_change();
"""
DROP = """
DROP TRIGGER fact_append_only ON platform_fact;
DROP TRIGGER history_append_only ON platform_history;
DROP FUNCTION platform_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_first_tables")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, DROP),
    ]
