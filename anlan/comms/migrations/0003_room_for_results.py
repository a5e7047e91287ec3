"""What becomes of a message is written where the message stands: no index moves, no new page.

A message in a sender's hands was found by an index of its own, which every claim and every result
had to write; it is asked for only after a sender died. On PostgreSQL a row whose indexed columns
stay is rewritten in its own page where that has room, and none of its indexes is touched.
"""

from typing import Any

from django.db import migrations


def leave_room(_apps: Any, editor: Any) -> None:
    """Keep half of every page free for what is rewritten in place."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE comms_message SET (fillfactor = 50)")


def leave_none(_apps: Any, editor: Any) -> None:
    """Fill pages whole again."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE comms_message RESET (fillfactor)")


class Migration(migrations.Migration):
    """See above."""

    dependencies = (("comms", "0002_fewer_indexes"),)

    operations = (
        migrations.RemoveIndex(model_name="message", name="message_held"),
        migrations.RunPython(leave_room, leave_none),
    )
