from django.db import migrations

from jishi.platform.rush.sql import CREATE_CLAIM_BATCH


class Migration(migrations.Migration):
    """The member's limit counts what a batch grants, not what it repeats or refuses; a claim id belongs to one request."""

    dependencies = [("platform", "0002_claim_function_and_guards")]
    operations = [migrations.RunSQL(CREATE_CLAIM_BATCH, migrations.RunSQL.noop)]
