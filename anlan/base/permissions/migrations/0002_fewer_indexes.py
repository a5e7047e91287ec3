"""Drop indexes of links that nothing asks for."""

from typing import Any

from django.db import migrations

from anlan.base.db.patterns import drop_pattern_indexes


def drop(_apps: Any, schema_editor: Any) -> None:
    drop_pattern_indexes(schema_editor, ("permissions_link",))


class Migration(migrations.Migration):
    dependencies = [("permissions", "0001_accounts")]
    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
