"""gunicorn's configuration for `make demo`: one process, which serves static and media files too."""

import os
import secrets
import threading
from pathlib import Path

from rich import print as show

from config.capacity import DEFAULT_MAX_PHOTO_SEARCHES, DEFAULT_MAX_REQUESTS, threads_for

VAR = Path(__file__).resolve().parent.parent / "var"
PORT = int(os.environ.get("PORT") or 8000)

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{PORT}"  # noqa: S104  the demo is looked at from other machines too
workers = 1
threads = threads_for(DEFAULT_MAX_REQUESTS, DEFAULT_MAX_PHOTO_SEARCHES)
timeout = 120
worker_class = "config.buffering_worker.BufferingWorker"
control_socket_disable = True
loglevel = "warning"


def _secret_key() -> str:
    """The key of all starts of this demo: another one would end every login."""
    file = VAR / "secret_key"
    VAR.mkdir(exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


(VAR.parent / "staticfiles").mkdir(exist_ok=True)  # nothing is collected here, and WhiteNoise looks for the folder
os.environ["DEBUG"] = "0"  # visitors see no tracebacks, and no queries are kept in memory
os.environ.setdefault("SECRET_KEY", _secret_key())
os.environ.setdefault("ALLOWED_HOSTS", "*")
os.environ.setdefault("SERVE_FILES", "1")  # there is no web server before this one


def post_worker_init(worker) -> None:
    """Loads the models before the first request; in a thread, so that pages are answered meanwhile."""
    from search.warmup import warm_up

    threading.Thread(target=warm_up, daemon=True).start()


def when_ready(server) -> None:
    show(f"[bold green]The shop is open: http://localhost:{PORT}/[/]  (photo search: /photo/, API: /api/v1/docs/)")
    password = VAR / "demo-admin.txt"
    if password.exists():
        show(f"Admin: http://localhost:{PORT}/admin/  ({password.read_text().strip()})")
