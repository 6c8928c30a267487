from django.db import migrations

GUARD = """
CREATE FUNCTION inventory_guard_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'stock movements are written once and never changed'; END $$;
CREATE TRIGGER movement_guard BEFORE UPDATE OR DELETE ON inventory_movement
    FOR EACH ROW EXECUTE FUNCTION inventory_guard_movement();
"""
DROP = "DROP TRIGGER movement_guard ON inventory_movement; DROP FUNCTION inventory_guard_movement();"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_first_tables")]
    operations = [migrations.RunSQL(GUARD, DROP)]
