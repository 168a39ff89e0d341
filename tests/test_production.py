"""The README's production recipe and the backup of docs/operate.md, followed to the letter on a database of its own.

What stands for something of the reader's own (a host, a password) is replaced; every other word is run as written.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from benchmarks.clients import Site as Clients
from benchmarks.clients import measure
from config import embedded_postgres
from config.embedded_postgres import EmbeddedPostgres
from tests.documents import ROOT, block
from tests.search.photos import photo_bytes

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "darwin", reason="needs 127.0.0.0/8")]
HOST = "shop.example"


class Site:
    """An installation: its database server, its folders and its environment."""

    def __init__(self, folder, redis_url, address, port):
        self.address, self.port, self.folder = address, port, folder
        self.media, self.static = folder / "media", folder / "static"
        for each in (self.media, self.static):
            each.mkdir()
        self.replaced = {
            "localhost/shop": f"{address}/shop",
            "redis://localhost:6379/0": redis_url,
            "replace-by-50-random-characters": secrets.token_urlsafe(50),
            ".venv/bin/python": sys.executable,
            ".venv/bin/gunicorn": f"{sys.executable} -m gunicorn",
            "make environment": "true",  # this very environment
        }
        of_tests = ("DEBUG", "SERVE_FILES", "DJANGO_ALLOW_ASYNC_UNSAFE")
        self.environment = {name: value for name, value in os.environ.items() if name not in of_tests}
        self.environment |= {"MEDIA_ROOT": str(self.media), "STATIC_ROOT": str(self.static), "PORT": str(port)}
        self.environment |= {"HTTPS": "0"}

    def literally(self, text):
        for written, meant in self.replaced.items():
            text = text.replace(written, meant)
        return text

    def sh(self, script, **variables):
        """Runs a script, stopping at the first failure; returns its output."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.literally(script)],
            cwd=ROOT,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def as_superuser(self, script):
        return self.sh(script, PGHOST=self.address, PGUSER="postgres", PGDATABASE="postgres")

    def get(self, path, *, data=None, headers=None, host=HOST):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, headers={"Host": host, **(headers or {})}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read(), answer.headers

    def wait_until_ready(self, server):
        deadline = time.monotonic() + 120
        while True:
            try:
                return json.loads(self.get("/readyz", host="10.0.0.7")[0])
            except (urllib.error.URLError, ConnectionError) as error:
                assert server.poll() is None, "gunicorn has ended"
                assert time.monotonic() < deadline, error
                time.sleep(0.3)

    def search_with(self, photo):
        boundary = "a-boundary"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
        body = head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return json.loads(self.get("/api/v1/search/photo/", data=body, headers=headers)[0])


@pytest.fixture(scope="module")
def postgres():
    """A PostgreSQL of the wheel's that answers TCP, as a server's own does."""
    address = ".".join(["127", *(str(1 + secrets.randbelow(250)) for _ in range(3))])
    with tempfile.TemporaryDirectory(prefix="production-", ignore_cleanup_errors=True) as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(embedded_postgres.SERVER_OPTIONS, "listen_addresses", address)
            server = EmbeddedPostgres(Path(folder) / "postgres")
            server.ensure_running()
        yield address, server.binaries
        server.stop()


@pytest.fixture(scope="module")
def site(postgres, redis_url, tmp_path_factory, unused_tcp_port):
    address, binaries = postgres
    site = Site(tmp_path_factory.mktemp("site"), redis_url, address, unused_tcp_port)
    site.environment["PATH"] = f"{binaries}:{site.environment['PATH']}"
    return site


@pytest.fixture(scope="module")
def unused_tcp_port():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def settings_of_site(site):
    """The recipe without its last line, which serves: every command of it is run, and its settings are kept."""
    site.as_superuser(block("README.md", "production-database"))
    recipe = block("README.md", "production")
    *steps, serve = recipe.strip().splitlines()
    assert serve.endswith("gunicorn config.wsgi")
    output = site.sh("\n".join(steps) + "\nenv -0")
    exported = dict(entry.split("=", 1) for entry in output.split("\0") if "=" in entry)
    names = re.findall(r"export ([A-Z_]+)=", recipe)
    site.environment |= {name: exported[name].rsplit("\n", 1)[-1] for name in names}
    return serve


@pytest.fixture(scope="module")
def server(site, settings_of_site):
    with (site.folder / "gunicorn.log").open("w") as log:
        command = site.literally(settings_of_site).split()
        process = subprocess.Popen(command, cwd=ROOT, env=site.environment, stderr=log)
    yield process
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0, "a stopped server ends by itself"


@pytest.fixture(scope="module")
def catalogue(site, settings_of_site):
    """Two products, imported and embedded by the README's commands."""
    folder = site.folder / "catalogue"
    for number, colour in ((1, (200, 30, 40)), (2, (20, 60, 180))):
        photo = folder / "Dress" / str(number) / "photo.jpg"
        photo.parent.mkdir(parents=True)
        photo.write_bytes(photo_bytes(size=(300, 400), colour=colour))
    (folder / "products.csv").write_text(
        "id,nama,kategori,harga\n1,Gaun Merah,Dress,199000\n2,Gaun Biru,Dress,299000\n"
    )
    site.sh(f".venv/bin/python manage.py import_zalora {folder}/products.csv --images {folder} --strict")
    site.sh(".venv/bin/python manage.py embed_catalogue")
    return photo_bytes(size=(300, 400), colour=(200, 30, 40))


def test_the_recipe_serves_a_page_with_its_styles_and_answers_a_photo(site, server, catalogue):
    assert site.wait_until_ready(server) == {"ready": True}
    page, _ = site.get("/")
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.decode())
    assert styles and all(re.search(r"\.[0-9a-f]{12}\.css$", style) for style in styles)
    for style in styles:
        assert site.get(style)[1]["Content-Type"].startswith("text/css")
    answer = site.search_with(catalogue)
    found = [result["product"]["sku"] for result in answer["garments"][0]["results"]]
    assert found[0] == "1"


@pytest.mark.parametrize("clients", [100])
def test_many_clients_at_once_are_answered_or_sent_away_soon_and_slow_ones_hold_up_nobody(
    site, server, catalogue, clients
):
    site.wait_until_ready(server)
    found = measure(Clients(f"http://127.0.0.1:{site.port}", HOST), catalogue, clients=clients, slow=40)
    assert found["pages"]["statuses"] == {200: clients}, "home, category and product pages wait their turn"
    photos = found["photos"]["statuses"]
    assert set(photos) == {200, 503}, "the queue of photos is bounded"
    assert found["photos"]["refusals_without_retry_after"] == 0
    for kind in ("pages", "photos"):
        assert set(found[kind]["healthz"]["statuses"]) == {200}, found


def test_the_site_runs_as_an_unprivileged_database_user(site, settings_of_site):
    query = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'shop'"
    assert site.as_superuser(f'psql -Atc "{query}"').strip() == "f"


@pytest.mark.parametrize("header", [{"SCRIPT_NAME": "/evil"}, {"SCRIPT_NAME": "/api"}, {"PATH_INFO": "/evil"}])
def test_no_header_of_a_client_changes_the_address(site, server, header):
    site.wait_until_ready(server)
    assert site.get("/api/v1/categories/", headers=header)[0] == site.get("/api/v1/categories/")[0]


def test_metrics_are_not_open_to_the_world(site, server, catalogue):
    site.wait_until_ready(server)
    with pytest.raises(urllib.error.HTTPError) as refused:
        site.get("/metrics")
    assert refused.value.code == 403


def test_a_backup_answers_as_the_site_that_it_was_taken_of(site, server, catalogue):
    site.wait_until_ready(server)
    before = site.search_with(catalogue)
    url = site.environment["DATABASE_URL"]
    site.sh(f"cd {site.folder}\n" + block("docs/operate.md", "backup"))
    site.as_superuser('psql -c "DROP DATABASE shop WITH (FORCE)"')
    for file in list(site.media.rglob("*.*")):
        file.unlink()
    sql = block("README.md", "production-database")
    site.as_superuser("\n".join(line for line in sql.splitlines() if not line.startswith("CREATE ROLE")))
    site.sh(f"cd {site.folder}\n" + block("docs/operate.md", "restore"), DATABASE_URL=url)
    assert site.wait_until_ready(server) == {"ready": True}
    after = site.search_with(catalogue)
    assert after["garments"] == before["garments"]
    assert (site.media / before["garments"][0]["results"][0]["matched_image"].split("/media/")[1]).exists()
