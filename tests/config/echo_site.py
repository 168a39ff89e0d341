"""A site for gunicorn that says what Django reads of a request, in an answer of the length that is asked for."""

import itertools
import json
import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.core.handlers.wsgi import WSGIRequest

from config.request_body import BoundedBody
from config.request_queues import is_refused

django.setup()
handled = itertools.count()


def echo(environ, start_response):
    if is_refused():
        start_response("503 Service Unavailable", [("Content-Length", "0")])
        return []
    number, request = next(handled), WSGIRequest(environ)
    time.sleep(float(request.GET.get("sleep", 0)))
    read = {"files": {name: file.size for name, file in request.FILES.items()}, "form": dict(request.POST)}
    if "handled" in request.GET:  # how many requests came before it
        read["handled"] = number
    if "size" in request.GET:  # for clients that read slowly
        read["size"] = "x" * int(request.GET["size"])
    content = json.dumps(read).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


application = BoundedBody(echo, max_bytes=3_000_000, photo_bytes=1_000_000)
