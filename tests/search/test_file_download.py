"""Downloads against a real server on this machine, which breaks off, refuses and lies as real ones do."""

import hashlib
import http.server

import pytest

from search import file_download
from search.file_download import DownloadError, RemoteFile, fetch
from tests.http_server import serving

BODY = bytes(range(256)) * 4000  # a megabyte
SHA256 = hashlib.sha256(BODY).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """Serves BODY, with ranges. `faults` are taken one a request: "break" sends half, a number is a status, "changed"
    puts another file of the same name there first."""

    faults: list = []
    ranges: list = []
    body, tag = BODY, '"1"'

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.ranges.append(start)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            self.send_error(fault)
            return
        if fault == "changed":
            Server.body, Server.tag = BODY[::-1], '"2"'
        if self.headers.get("If-Range", self.tag) != self.tag:
            start = 0
        if start >= len(self.body):
            self.send_error(416)
            return
        body = self.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("ETag", self.tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "break" else body)

    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(file_download, "PAUSE_S", 0)


@pytest.fixture
def server():
    Server.faults, Server.ranges, Server.body, Server.tag = [], [], BODY, '"1"'
    with serving(Server) as running:
        yield running.url


def download(url, folder, sha256=SHA256):
    return list(fetch(RemoteFile(f"{url}/weights.pth", sha256), folder))


def test_file_arrives_whole_and_progress_ends_at_its_size(server, tmp_path):
    progress = download(server, tmp_path)
    assert progress[-1] == (len(BODY), len(BODY))
    assert (tmp_path / "weights.pth").read_bytes() == BODY
    assert sorted(path.name for path in tmp_path.iterdir()) == ["weights.pth", "weights.pth.sha256"]


def test_second_time_nothing_is_sent(server, tmp_path):
    download(server, tmp_path)
    Server.ranges.clear()
    assert download(server, tmp_path) == []
    assert Server.ranges == []


def test_broken_connection_goes_on_where_it_was(server, tmp_path):
    Server.faults = ["break", "break"]
    download(server, tmp_path)
    assert (tmp_path / "weights.pth").read_bytes() == BODY
    assert Server.ranges[0] == 0 < Server.ranges[1] < Server.ranges[2]


def test_a_connection_that_breaks_often_but_gets_on_is_not_given_up(server, tmp_path):
    Server.faults = ["break"] * 5
    download(server, tmp_path)
    assert (tmp_path / "weights.pth").read_bytes() == BODY


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_again(server, tmp_path, status):
    Server.faults = [status, status]
    download(server, tmp_path)
    assert (tmp_path / "weights.pth").read_bytes() == BODY


def test_a_server_that_stays_busy_is_given_up_with_its_answer(server, tmp_path):
    Server.faults = [503] * 9
    with pytest.raises(DownloadError, match="weights.pth could not be fetched.*answered 503"):
        download(server, tmp_path)
    assert len(Server.ranges) == 4


def test_half_of_one_file_is_never_joined_to_half_of_another(server, tmp_path):
    Server.faults = ["break", "changed"]
    download(server, tmp_path, sha256="")
    assert (tmp_path / "weights.pth").read_bytes() == BODY[::-1]


def test_file_that_was_whole_but_not_yet_renamed_is_taken(server, tmp_path):
    (tmp_path / "weights.pth.part").write_bytes(BODY)
    download(server, tmp_path)
    assert (tmp_path / "weights.pth").read_bytes() == BODY


def test_first_eight_digits_are_enough_of_a_hash(server, tmp_path):
    download(server, tmp_path, sha256=SHA256[:8])
    assert (tmp_path / "weights.pth").exists()


def test_another_hash_is_refused_and_nothing_is_left(server, tmp_path):
    with pytest.raises(DownloadError, match=f"has sha256 {SHA256}, and abcdef12 was"):
        download(server, tmp_path, sha256="abcdef12")
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".sha256"]


def test_without_a_published_hash_the_first_one_counts_ever_after(server, tmp_path):
    download(server, tmp_path, sha256="")
    assert (tmp_path / "weights.pth.sha256").read_text().strip() == SHA256
    (tmp_path / "weights.pth").write_bytes(b"changed on disk")
    with pytest.raises(DownloadError, match="was to be expected"):
        download(server, tmp_path, sha256="")


def test_missing_file_says_so_at_once(server, tmp_path):
    Server.faults = [404]
    with pytest.raises(DownloadError, match="answered 404"):
        download(server, tmp_path)
    assert Server.ranges == [0]


def test_server_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DownloadError, match="http://127.0.0.1:9/weights.pth could not be fetched"):
        download("http://127.0.0.1:9", tmp_path)
