from django.db import migrations

GUARD = """
CREATE FUNCTION ledger_guard_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'transfers are never deleted'; END IF;
    IF OLD.state <> 'pending' OR NEW.state NOT IN ('posted', 'voided')
       OR (OLD.id, OLD.debit_id, OLD.credit_id, OLD.amount_minor, OLD.unit, OLD.kind, OLD.subject_kind, OLD.subject_id, OLD.at)
          IS DISTINCT FROM
          (NEW.id, NEW.debit_id, NEW.credit_id, NEW.amount_minor, NEW.unit, NEW.kind, NEW.subject_kind, NEW.subject_id, NEW.at)
    THEN RAISE EXCEPTION 'a transfer only moves from pending to posted or voided'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_guard BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_transfer();
"""
DROP = "DROP TRIGGER transfer_guard ON ledger_transfer; DROP FUNCTION ledger_guard_transfer();"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first_tables")]
    operations = [migrations.RunSQL(GUARD, DROP)]
