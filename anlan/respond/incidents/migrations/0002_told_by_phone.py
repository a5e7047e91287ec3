from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0001_incidents'),
    ]

    operations = [
        migrations.AddField(
            model_name='incident',
            name='teller',
            field=models.CharField(blank=True, default='', max_length=26),
        ),
        migrations.AddField(
            model_name='incident',
            name='once',
            field=models.CharField(max_length=80, null=True, unique=True),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('teller', ''), _negated=True), fields=['teller', 'received_at'], name='incident_teller'),
        ),
    ]
