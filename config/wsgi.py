"""The WSGI application: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from config.request_body import BoundedBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_site = get_wsgi_application()

from django.conf import settings  # noqa: E402  after DJANGO_SETTINGS_MODULE is set

application = BoundedBody(_site, max_bytes=settings.MAX_REQUEST_BYTES, photo_bytes=settings.PHOTO_MAX_BYTES)
