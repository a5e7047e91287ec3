"""Keys of the screens of a command hall."""

from django.db import migrations, models

from anlan.kernel.clock import real_now
from anlan.kernel.ids import LENGTH, new_id


class Migration(migrations.Migration):
    dependencies = [("permissions", "0003_link_opened")]
    operations = [
        migrations.CreateModel(
            "WallKey",
            [
                ("id", models.CharField(
                    primary_key=True, max_length=LENGTH, default=new_id, editable=False,
                    serialize=False,
                )),
                ("name", models.CharField("哪块屏", max_length=64)),
                ("region", models.CharField("地区", max_length=15)),
                ("bound", models.CharField("地址", max_length=49)),
                ("phones", models.BooleanField("显示完整电话", default=False)),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("prefix8", models.CharField("开头", max_length=16)),
                ("created_at", models.DateTimeField(default=real_now)),
                ("created_by", models.CharField(max_length=40)),
                ("expires", models.DateTimeField("到期")),
                ("last_used", models.DateTimeField(null=True)),
                ("last_from", models.CharField(max_length=45, blank=True, default="")),
                ("refused_at", models.DateTimeField(null=True)),
                ("refused_from", models.CharField(max_length=45, blank=True, default="")),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ("-id",)},
        ),
    ]  # fmt: skip
