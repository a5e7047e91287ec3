"""Keep keys out of PostgreSQL's statistics, which hold samples of values long after their rows."""

from typing import Any

from django.db import migrations


def forget_samples(_apps: Any, schema_editor: Any) -> None:
    """Drop what was sampled and sample no more.

    Changing a column's type, though to itself, is what drops its statistics.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE vault_key ALTER COLUMN wrapped TYPE bytea")
        schema_editor.execute("ALTER TABLE vault_key ALTER COLUMN wrapped SET STATISTICS 0")


class Migration(migrations.Migration):
    """Change how a column is analysed."""

    dependencies = [("vault", "0001_keys_and_tokens")]
    operations = [migrations.RunPython(forget_samples, migrations.RunPython.noop)]
