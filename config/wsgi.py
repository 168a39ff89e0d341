"""The site for a WSGI server: `gunicorn config.wsgi`. Production mode unless DEBUG says otherwise."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "0")
application = get_wsgi_application()
