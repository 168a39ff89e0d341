"""A site for gunicorn that says what Django reads of a request, in an answer of the length that is asked for."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.core.handlers.wsgi import WSGIRequest

from config.request_body import BoundedBody

django.setup()


def echo(environ, start_response):
    request = WSGIRequest(environ)
    read = {"files": {name: file.size for name, file in request.FILES.items()}, "form": dict(request.POST)}
    if "size" in request.GET:  # for clients that read slowly
        read["size"] = "x" * int(request.GET["size"])
    content = json.dumps(read).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


application = BoundedBody(echo, max_bytes=3_000_000, photo_bytes=1_000_000)
