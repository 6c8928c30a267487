from django.db import migrations

GUARD = """
CREATE FUNCTION loyalty_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of points are never changed or deleted';
END $$;
CREATE TRIGGER entry_guard BEFORE UPDATE OR DELETE ON loyalty_entry
    FOR EACH ROW EXECUTE FUNCTION loyalty_guard_entry();
"""
DROP = "DROP TRIGGER entry_guard ON loyalty_entry; DROP FUNCTION loyalty_guard_entry();"


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_first_tables")]
    operations = [migrations.RunSQL(GUARD, DROP)]
