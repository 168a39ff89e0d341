from django.db import migrations

from catalogue.text import INSTALL_TRIGGERS, REMOVE_TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(INSTALL_TRIGGERS, REMOVE_TRIGGERS)]
