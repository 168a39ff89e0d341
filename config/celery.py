"""Workers for long jobs, where one machine's processors are not enough: `celery -A config worker`.

They are optional: without CELERY_BROKER_URL the command that was called does all the work.
"""

import os

from celery import Celery
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    settings.SECRET_KEY  # noqa: B018  reads all settings
except ImproperlyConfigured as error:
    raise SystemExit(str(error)) from None

app = Celery("fashion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["search.embedding"])
