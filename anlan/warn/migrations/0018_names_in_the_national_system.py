import re

from django.db import migrations, models

NAME = re.compile(rb"<identifier>([0-9_]{1,40})</identifier>")


def read_names(apps, _editor):
    """Read what was published before out of what was written."""
    published = apps.get_model("warn", "Published")
    for row in published.objects.filter(national__isnull=False).only("pk", "national").iterator():
        found = NAME.search(bytes(row.national))
        if found:
            name = found[1].decode()
            published.objects.filter(pk=row.pk).update(national_name=name)


class Migration(migrations.Migration):
    dependencies = [("warn", "0017_by_which_telephone")]

    operations = [
        migrations.AddField(
            model_name="published",
            name="national_name",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.RunPython(read_names, migrations.RunPython.noop),
    ]
