"""gunicorn's configuration in production, read by a bare `gunicorn config.wsgi` in this folder.

Sized from the cores there are; WEB_CONCURRENCY, INFERENCE_THREADS, MAX_REQUESTS and MAX_PHOTO_SEARCHES say otherwise.
"""

import os
import tempfile

from config.capacity import (
    DEFAULT_MAX_PHOTO_SEARCHES,
    DEFAULT_MAX_REQUESTS,
    available_cores,
    threads_for,
    workers_for,
)

_cores = available_cores()
_has_shared_cache = bool(os.environ.get("CACHE_URL"))

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or workers_for(_cores, has_shared_cache=_has_shared_cache))
threads = threads_for(
    int(os.environ.get("MAX_REQUESTS") or DEFAULT_MAX_REQUESTS),
    int(os.environ.get("MAX_PHOTO_SEARCHES") or DEFAULT_MAX_PHOTO_SEARCHES),
)
worker_class = "config.buffering_worker.BufferingWorker"  # gunicorn's gthread, behind a buffer
forwarder_headers = ""  # no SCRIPT_NAME or PATH_INFO of a client becomes the address, whatever a proxy lets through
timeout = 60  # seconds without a sign of life of the process itself; requests run in threads and do not count
graceful_timeout = 30  # a photo that is being searched with is answered before the process ends
keepalive = 5
max_requests = int(os.environ.get("MAX_REQUESTS_PER_WORKER") or 0)  # restarts a worker after so many; 0 is never
max_requests_jitter = max_requests // 10
accesslog = os.environ.get("ACCESS_LOG") or None  # "-" is standard output
loglevel = os.environ.get("GUNICORN_LOG_LEVEL") or "info"
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  gunicorn's heartbeat, not data

os.environ["WEB_CONCURRENCY"] = str(workers)  # search/checks.py warns of several processes without a shared cache
os.environ.setdefault("INFERENCE_THREADS", str(max(1, _cores // workers)))
if workers > 1:  # else /metrics counts the requests of one process only
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))


def on_starting(server) -> None:
    """Says in a sentence why the site cannot be served, before any worker is started."""
    from config.startup import explain_or_exit

    explain_or_exit()


def post_worker_init(worker) -> None:
    """Loads the models before this worker accepts its first connection."""
    from search.warmup import warm_up

    warm_up()


def child_exit(server, worker) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
