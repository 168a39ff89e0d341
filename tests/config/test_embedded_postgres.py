"""The embedded server as processes see it: each test starts real ones, on a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from config.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

ROOT = Path(__file__).resolve().parents[2]
USE = """
    import sys, time
    from pathlib import Path
    from config.embedded_postgres import EmbeddedPostgres
    server = EmbeddedPostgres(Path(sys.argv[1]))
    server.ensure_running()
    server.create_database("fashion")
    print("up", server._server_pid(), flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def folder():
    """A folder deeper than a socket's path may be long.

    Not under pytest's own: each pytest that starts closes that to all but its user, and the server runs as another.
    """
    with tempfile.TemporaryDirectory(prefix="embedded-", ignore_cleanup_errors=True) as top:
        deep = Path(top).joinpath(*["a-deeply-nested-folder"] * 6) / "postgres"
        deep.parent.mkdir(parents=True)
        yield deep
        EmbeddedPostgres(deep).stop()


def start(folder, seconds):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(USE), str(folder), str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def server_pid(process):
    word, pid = process.stdout.readline().split()
    assert word == "up"
    return int(pid)


def wait_until(condition, *, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.mark.slow
def test_two_processes_share_one_server_and_the_last_one_stops_it(folder):
    first, second = start(folder, 1), start(folder, 4)
    assert server_pid(first) == server_pid(second)
    server = EmbeddedPostgres(folder)
    first.wait()
    time.sleep(2.5)
    assert server.is_running(), "the second process still uses it"
    second.wait()
    wait_until(lambda: not server.is_running())
    wait_until(lambda: not server.socket_dir.exists())


@pytest.mark.slow
def test_killed_user_does_not_keep_the_server_up(folder):
    user = start(folder, 600)
    server_pid(user)
    user.send_signal(signal.SIGKILL)
    user.wait()
    wait_until(lambda: not EmbeddedPostgres(folder).is_running())


@pytest.mark.slow
def test_crash_of_the_server_does_not_block_the_next_start(folder):
    user = start(folder, 600)
    pid = server_pid(user)
    user.kill()
    os.kill(pid, signal.SIGKILL)
    user.wait()
    # Its pid now belongs to another process: this one.
    file = folder / "data" / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    again = start(folder, 0)
    assert server_pid(again) not in (pid, os.getpid())
    assert again.wait() == 0


@pytest.mark.slow
def test_initialisation_that_was_cut_off_is_done_again(folder):
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    user = start(folder, 0)
    assert server_pid(user)
    assert user.wait() == 0


def test_socket_path_is_short_however_deep_the_folder(tmp_path):
    server = EmbeddedPostgres(tmp_path / ("x" * 200) / ("y" * 200))
    assert len(str(server.socket_dir / ".s.PGSQL.5432.lock")) < 107


def test_folders_of_two_projects_have_two_sockets(tmp_path):
    assert EmbeddedPostgres(tmp_path / "a").socket_dir != EmbeddedPostgres(tmp_path / "b").socket_dir


@pytest.mark.slow
def test_copied_data_folder_is_started_whoever_copied_it(folder):
    user = start(folder, 0)
    server_pid(user)
    user.wait()
    wait_until(lambda: not EmbeddedPostgres(folder).is_running())
    copied = folder.parents[4] / "copy" / "postgres"
    shutil.copytree(folder, copied)  # as root its files belong to root now, like those of `cp -r`
    (copied / "data").chmod(0o755)
    again = start(copied, 0)
    try:
        assert server_pid(again)
        assert again.wait() == 0
    finally:
        EmbeddedPostgres(copied).stop()


@pytest.mark.skipif(os.geteuid() == 0, reason="root can give the folder away")
def test_data_of_somebody_else_is_refused_with_the_command_that_helps(folder):
    server = EmbeddedPostgres(folder)
    server.data = Path("/")
    with pytest.raises(EmbeddedPostgresError, match="sudo chown"):
        server._take_over_data()


@pytest.mark.parametrize("content", ["", "not a number", "1\n/elsewhere\n", "999999999\n"])
def test_pid_file_that_names_no_server_of_this_folder_is_stale(folder, content):
    server = EmbeddedPostgres(folder)
    server.data.mkdir(parents=True)
    (server.data / "postmaster.pid").write_text(content)
    assert server._server_pid() is None
