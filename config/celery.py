"""Workers for long jobs, where one machine's processors are not enough: `celery -A config worker`.

Nothing needs them: without CELERY_BROKER_URL everything is done by the command that was called.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("fashion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["search.embedding"])
