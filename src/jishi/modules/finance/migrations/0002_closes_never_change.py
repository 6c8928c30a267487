from django.db import migrations

GUARD = """
CREATE FUNCTION finance_guard_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a closed day is never changed or deleted';
END $$;
CREATE TRIGGER close_guard BEFORE UPDATE OR DELETE ON finance_close
    FOR EACH ROW EXECUTE FUNCTION finance_guard_close();
"""
DROP = "DROP TRIGGER close_guard ON finance_close; DROP FUNCTION finance_guard_close();"


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_statements_closes_and_alarms")]
    operations = [migrations.RunSQL(GUARD, DROP)]
