"""The site for a ASGI server: `uvicorn config.asgi:application`. Production mode unless DEBUG says otherwise."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "0")
application = get_asgi_application()
