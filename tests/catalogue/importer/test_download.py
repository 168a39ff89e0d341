from collections import Counter
from http.server import BaseHTTPRequestHandler
from zlib import crc32

import pytest

from catalogue.importer import download
from catalogue.models import Product, ProductImage
from tests.catalogue.importer.sources import files_in, picture, run, write_csv, write_files
from tests.http_server import serving

pytestmark = pytest.mark.django_db


class Shop(BaseHTTPRequestHandler):
    """Serves a photo for every path that begins with /photo, and each kind of trouble by its name."""

    def do_GET(self):
        self.server.asked[self.path] += 1
        first = self.server.asked[self.path] == 1
        status, body, length = 200, picture(crc32(self.path.encode()) % 251), None
        if self.path.startswith("/flaky") and first:
            status, body = 503, b"later"
        elif self.path.startswith("/cut") and first:
            length = len(body) + 10
        elif self.path.startswith("/gone"):
            status, body = 404, b"not found"
        elif self.path.startswith("/page"):
            body = b"<html>no photo</html>"
        elif self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/photo-moved.jpg")
            self.end_headers()
            return
        elif self.path.startswith("/to-file"):
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        self.send_response(status)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def shop():
    with serving(Shop) as server:
        server.asked = Counter()
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(download, "WAIT_SECONDS", 0.01)
    settings.VAR_DIR = tmp_path / "var"


def table(tmp_path, *cells):
    rows = [["sku", "kategori", "gambar"], *([str(n), "Rok", cell] for n, cell in enumerate(cells, start=1))]
    folder = tmp_path / "source"  # by itself: the media folder beside it may hold one that is called as a product
    folder.mkdir(exist_ok=True)
    return write_csv(folder / "a.csv", rows)


def test_images_are_fetched_once_and_only_on_demand(tmp_path, media, shop):
    path = table(tmp_path, f"{shop.url}/photo1.jpg;{shop.url}/photo2.jpg", f"{shop.url}/moved")
    printed = run(path)
    assert "3 image addresses were not fetched: --download does that." in printed
    assert not shop.asked
    printed = run(path, "--download", "--allow-private-hosts")
    assert "Images: 3 created" in printed
    assert list(ProductImage.objects.filter(product__sku="1").values_list("source", flat=True)) == [
        f"{shop.url}/photo1.jpg", f"{shop.url}/photo2.jpg",
    ]  # fmt: skip
    shop.asked.clear()
    assert "Images: 0 created, 3 unchanged, 0 refused." in run(path, "--download", "--allow-private-hosts")
    assert "Images: 0 created, 3 unchanged, 0 refused." in run(path)
    assert not shop.asked
    assert not (tmp_path / "var" / "downloads").exists()


def test_a_passing_trouble_is_tried_again_and_a_lasting_one_reported(tmp_path, media, shop):
    path = table(
        tmp_path, *(f"{shop.url}/{name}" for name in ("flaky.jpg", "cut.jpg", "gone.jpg", "page.jpg", "to-file"))
    )
    report = run(path, "--download", "--allow-private-hosts", report=tmp_path / "r.json")
    assert report["summary"]["products"]["created"] == 5
    assert report["summary"]["images"] == {"created": 2, "unchanged": 0, "refused": 3}
    reasons = {refusal["value"].rpartition("/")[2]: refusal["reason"] for refusal in report["refusals"]}
    assert "404" in reasons["gone.jpg"]
    assert "not a picture" in reasons["page.jpg"]
    assert reasons["to-file"]
    assert (shop.asked["/flaky.jpg"], shop.asked["/cut.jpg"], shop.asked["/gone.jpg"]) == (2, 2, 1)


def test_this_machine_is_no_place_to_download_from(tmp_path, media, shop):
    path = table(
        tmp_path, f"{shop.url}/photo.jpg", f"http://localhost:{shop.server_port}/photo.jpg", "http://[::1]/a.jpg"
    )
    report = run(path, "--download", report=tmp_path / "r.json")
    assert all("no public address" in refusal["reason"] for refusal in report["refusals"])
    assert len(report["refusals"]) == 3
    assert not shop.asked


def test_what_a_killed_import_had_fetched_is_not_fetched_again(tmp_path, media, shop):
    url = f"{shop.url}/photo.jpg"
    write_files(
        tmp_path / "var/downloads", {download.Downloads(folder=tmp_path / "var/downloads").path_of(url).name: 7}
    )
    run(table(tmp_path, url), "--download", "--allow-private-hosts")
    assert not shop.asked
    assert Product.objects.get().main_image.file.open().read() == picture(7)
    assert len(files_in(media)) == 1


def test_a_file_that_is_there_is_not_fetched(tmp_path, media, shop):
    folder = write_files(tmp_path / "z", {"Rok/1/photo.jpg.1": 3})
    path = table(tmp_path, f"{shop.url}/x/photo.jpg")
    run(path, "--download", "--allow-private-hosts", images=str(folder))
    assert not shop.asked
    assert ProductImage.objects.get().source == "Rok/1/photo.jpg.1"
