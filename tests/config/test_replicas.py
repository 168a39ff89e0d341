"""Reads on a real streaming replica, which pg_basebackup copies from the server of the tests."""

import os
import tempfile
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product
from config import replicas
from config.database import replica_settings
from config.embedded_postgres import SUPERUSER, EmbeddedPostgres
from config.replica_monitor import ReplicaState
from search.models import Encoder
from tests.factories import make_category, make_product

REPLICA = "replica_1"
NOWHERE = "replica_2"
pytestmark = [
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the copy is made of the embedded server"),
    pytest.mark.django_db(transaction=True, databases=[DEFAULT_DB_ALIAS, REPLICA, NOWHERE]),
]


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


class Replica:
    """A streaming replica in a folder of its own; `sql` runs as its superuser."""

    def __init__(self, folder, primary):
        self.server = EmbeddedPostgres(folder)
        self.server.folder.mkdir(parents=True, exist_ok=True)
        self.server._make_socket_dir()
        if primary.account:
            os.chown(self.server.folder, primary.account.pw_uid, primary.account.pw_gid)
        self.server._run(
            "pg_basebackup", "--host", str(primary.socket_dir), "--username", SUPERUSER, "--pgdata",
            str(self.server.data), "--write-recovery-conf", "--wal-method", "stream", "--checkpoint", "fast",
        )  # fmt: skip
        self.start()

    def start(self):
        self.server._start()

    def stop(self):
        self.server._run("pg_ctl", "-D", str(self.server.data), "-m", "immediate", "-w", "stop")

    def sql(self, statement):
        connect = ["-h", str(self.server.socket_dir), "-U", SUPERUSER, "-d", "postgres"]
        return self.server._run("psql", *connect, "-Atc", statement, as_owner=False)


@pytest.fixture(scope="module")
def folder():
    """Not under pytest's own, which each pytest that starts closes to all but its user: the server runs as another."""
    with tempfile.TemporaryDirectory(prefix="replica-", ignore_cleanup_errors=True) as top:
        Path(top).chmod(0o711)  # the server's own account passes through
        yield Path(top)


@pytest.fixture(scope="module", autouse=True)
def _standby(folder, django_db_setup, django_db_blocker):
    """The replica, as replica_1 of this site, and one that is away as replica_2."""
    patch = pytest.MonkeyPatch()
    patch.delenv("PGOPTIONS", raising=False)  # what is committed is flushed, and so on its way to the replica
    with django_db_blocker.unblock():
        connection.close()
        connection.ensure_connection()
        primary = EmbeddedPostgres(Path(connection.settings_dict["OPTIONS"]["embedded"]))
    standby = Replica(folder / "server", primary)
    plain = {**connection.settings_dict, "ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    plain["TEST"] = {**plain["TEST"], "MIRROR": DEFAULT_DB_ALIAS}  # no test empties its tables
    connections.settings[REPLICA] = {**plain, "HOST": str(standby.server.socket_dir)}
    connections.settings[NOWHERE] = {**plain, "HOST": "/nowhere"}
    yield standby
    for alias in (REPLICA, NOWHERE):
        connections[alias].close()
        del connections[alias], connections.settings[alias]
    connection.close()
    patch.undo()
    standby.stop()


@pytest.fixture
def standby(_standby, transactional_db):
    names = {alias: connections.settings[alias] for alias in (REPLICA, NOWHERE)}
    routers = ["config.replicas.ReplicaRouter"]
    with override_settings(REPLICAS=names, DATABASE_ROUTERS=routers, REPLICA_MAX_LAG_S=5):
        replicas.monitor.start()
        wait_until(lambda: replicas.monitor.states[REPLICA].is_usable)
        yield _standby
        replicas.monitor.stop()
        connections[REPLICA].close()


def replayed(replica):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        (position,) = cursor.fetchone()
    wait_until(lambda: replica.sql(f"SELECT pg_last_wal_replay_lsn() >= '{position}'").strip() == "t")


def queries_of(client, path, **options):
    """(status, queries to the primary, queries to the replica) of a GET."""
    with CaptureQueriesContext(connection) as primary, CaptureQueriesContext(connections[REPLICA]) as replica:
        response = client.get(path, **options)
    return response.status_code, len(primary), len(replica)


@pytest.fixture
def product(standby):
    product = make_product(category=make_category())
    replayed(standby)
    return product


@pytest.mark.parametrize("path", ["/", "/search/?q=dress", "/c/dress/", "PRODUCT", "/api/v1/products/", "/sitemap.xml"])
def test_pages_and_the_api_read_from_the_replica_alone(client, product, path):
    path = product.get_absolute_url() if path == "PRODUCT" else path
    status, primary, replica = queries_of(client, path)
    assert (status, primary) == (200, 0)
    assert replica > 0


def test_who_has_just_written_reads_it_and_others_soon_do(client, standby, product):
    client.force_login(User.objects.create_superuser("staff"))
    standby.sql("SELECT pg_wal_replay_pause()")
    try:
        address = f"/api/v1/products/{product.pk}/"
        assert client.patch(address, {"name": "Renamed"}, content_type="application/json").status_code == 200
        assert client.get(address).json()["name"] == "Renamed"
        client.logout()
        client.cookies.clear()
        assert client.get(address).json()["name"] != "Renamed", "this one reads from the replica"
    finally:
        standby.sql("SELECT pg_wal_replay_resume()")
    replayed(standby)
    assert client.get(address).json()["name"] == "Renamed"


def test_a_replica_that_lags_too_much_is_not_asked(client, standby, product, settings):
    settings.REPLICA_MAX_LAG_S = 1
    standby.sql("SELECT pg_wal_replay_pause()")
    try:
        Product.objects.filter(pk=product.pk).update(name="Renamed")
        wait_until(lambda: not replicas.monitor.states[REPLICA].is_usable)
        assert "lags" in replicas.monitor.states[REPLICA].reason
        assert client.get(f"/api/v1/products/{product.pk}/").json()["name"] == "Renamed"
    finally:
        standby.sql("SELECT pg_wal_replay_resume()")
    wait_until(lambda: replicas.monitor.states[REPLICA].is_usable)


def test_a_replica_that_goes_away_is_done_without_and_taken_back(client, standby, product):
    assert queries_of(client, "/")[2] > 0
    standby.stop()
    try:
        replicas.monitor.states[REPLICA].note(is_usable=True)  # as if the last check had been just before
        for _ in range(3):
            assert client.get("/").status_code == 200
    finally:
        standby.start()
    wait_until(lambda: replicas.monitor.states[REPLICA].is_usable)
    assert queries_of(client, "/")[1:] != (0, 0)


def test_a_replica_that_fails_in_the_middle_of_a_request_costs_no_answer(client, standby, product):
    class Failing:
        """Ends the replica's session before its third query, as a restart of it would."""

        queries = 0

        def __call__(self, execute, sql, params, many, context):
            self.queries += 1
            if self.queries == 3:
                pid = context["connection"].connection.info.backend_pid
                standby.sql(f"SELECT pg_terminate_backend({pid}, 5000)")
            return execute(sql, params, many, context)

    failing = Failing()
    with connections[REPLICA].execute_wrapper(failing):
        assert client.get("/").status_code == 200
    assert failing.queries >= 3


@pytest.mark.parametrize("request_of", ["admin", "token", "write"])
def test_editors_and_writers_read_from_the_primary(client, standby, product, request_of):
    client.force_login(User.objects.create_superuser("staff"))
    with CaptureQueriesContext(connections[REPLICA]) as replica:
        if request_of == "admin":
            client.get(f"/admin/catalogue/product/{product.pk}/change/")
        elif request_of == "token":
            client.get("/api/v1/products/", headers={"Authorization": "Token unknown"})
        else:
            client.post("/api/v1/products/", {}, content_type="application/json")
    assert len(replica) == 0


def test_outside_of_requests_and_in_transactions_the_primary_is_read(standby, product):
    assert Product.objects.get(pk=product.pk)._state.db == DEFAULT_DB_ALIAS
    router = replicas.ReplicaRouter()
    token = replicas._reading.set(replicas.Reading(may_use_replica=True))
    try:
        assert router.db_for_read(User) == DEFAULT_DB_ALIAS, "accounts are read as written"
        assert router.db_for_read(Encoder) == REPLICA
        assert router.db_for_write(Product) == DEFAULT_DB_ALIAS
        assert router.db_for_read(Product) == DEFAULT_DB_ALIAS, "what was written is read in the same request"
    finally:
        replicas._reading.reset(token)
    assert not router.allow_migrate(REPLICA, "catalogue")


def test_the_lag_is_the_age_of_the_first_position_that_the_replica_has_not_reached():
    state = ReplicaState("any")
    state.positions.extend([(10.0, 100), (11.0, 100), (12.0, 150), (13.0, 200)])
    assert state.lag_s(149, 20.0) == 8.0
    assert state.lag_s(150, 20.0) == 7.0
    assert state.lag_s(200, 20.0) == 0.0, "nothing is known that it has not"


def test_a_primary_is_no_replica(standby):
    """As where REPLICA_URLS names the wrong server, or the replica was promoted."""
    replicas.monitor.stop()
    with override_settings(REPLICAS={DEFAULT_DB_ALIAS: {}}):
        replicas.monitor.start()
        wait_until(lambda: "no replica" in replicas.monitor.states[DEFAULT_DB_ALIAS].reason)
        assert replicas.monitor.choose() is None
        replicas.monitor.stop()


def test_addresses_of_replicas_are_checked():
    found = replica_settings(["postgres://shop@one/shop", "postgres://shop@two:5433/shop?connect_timeout=7"])
    assert list(found) == ["replica_1", "replica_2"]
    assert (found["replica_2"]["PORT"], found["replica_2"]["OPTIONS"]["connect_timeout"]) == (5433, 7)
    with pytest.raises(ImproperlyConfigured, match="entry 1 is no PostgreSQL"):
        replica_settings(["mysql://shop@one/shop"])
