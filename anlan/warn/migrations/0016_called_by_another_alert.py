"""Count the posts a round does not call because another alert has called them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warn", "0015_orders_act_again")]
    operations = [
        migrations.AddField(
            "callround", "spared", models.PositiveIntegerField("已由另一预警叫应", default=0)
        ),
    ]
