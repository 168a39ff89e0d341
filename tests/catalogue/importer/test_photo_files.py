"""How photos are found, whatever system wrote their names, and how one replaces another."""

import errno
import unicodedata
from http.server import BaseHTTPRequestHandler

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError

from catalogue.models import Product, ProductImage
from tests.catalogue.importer.sources import files_in, picture, run, write_csv, write_files
from tests.http_server import serving

pytestmark = pytest.mark.django_db
HEADER = ["sku", "category", "image"]


def sources_of(sku):
    return list(ProductImage.objects.filter(product__sku=sku).values_list("source", flat=True))


def table(tmp_path, *rows):
    (tmp_path / "source").mkdir(exist_ok=True)
    return write_csv(tmp_path / "source" / "a.csv", [HEADER, *rows])


def test_photos_called_by_the_id_in_one_flat_folder(tmp_path, media):
    names = ["2001_2.jpg", "2001_10.jpg", "2001_1.jpg", "AB-7 (1).jpg", "ab-7-back.jpg", "AB-7-1_1.jpg", "20011.jpg"]
    folder = write_files(tmp_path / "photos", {name: n for n, name in enumerate(names)} | {"stray.jpg": 50})
    rows = [[sku, "Dress", ""] for sku in ("2001", "AB-7", "AB-7-1")]
    report = run(table(tmp_path, *rows), images=str(folder), report=tmp_path / "r.json")
    assert sources_of("2001") == ["2001_1.jpg", "2001_2.jpg", "2001_10.jpg"]
    assert sources_of("AB-7") == ["AB-7 (1).jpg", "ab-7-back.jpg"]
    assert sources_of("AB-7-1") == ["AB-7-1_1.jpg"]
    assert report["unused_files"] == ["20011.jpg", "stray.jpg"]
    assert "2 files of the photo folder belong to no product: 20011.jpg, stray.jpg." in run(
        tmp_path / "source/a.csv", images=str(folder)
    )


def test_zeros_that_a_spreadsheet_took_off_come_back_for_flat_files(tmp_path, media):
    folder = write_files(tmp_path / "photos", {"000012_1.jpg": 1, "000012_2.jpg": 2, "13_1.jpg": 3, "0013_1.jpg": 4})
    run(table(tmp_path, ["12", "Dress", ""], ["13", "Dress", ""]), images=str(folder))
    assert sources_of("12") == ["000012_1.jpg", "000012_2.jpg"]
    assert sources_of("13") == ["13_1.jpg"]


@pytest.mark.parametrize(
    "cell",
    ["/m/b/tee 1.jpg", "./m/b/tee 1.jpg", "~/m/b/tee 1.jpg", "C:\\photos\\m\\b\\tee 1.jpg", "D:/m/b/Tee 1.JPG"]
    + ["photos\\tee%201.jpg", "M/B/TEE 1.jpg", "m/b//tee 1.jpg", "tee 1.jpg"],
)
def test_a_path_of_another_system_is_looked_up_below_the_photo_folder(tmp_path, media, cell):
    folder = write_files(tmp_path / "photos", {"m/b/tee 1.jpg": 1})
    report = run(table(tmp_path, ["X1", "Dress", cell]), images=str(folder), report=tmp_path / "r.json")
    assert sources_of("X1") == ["m/b/tee 1.jpg"]
    assert report["refusals"] == []
    assert Product.objects.count() == 1  # the folder m/b is no product: a row names what lies in it


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("cell_form", ["NFC", "NFD"])
def test_names_in_two_unicode_forms(tmp_path, media, form, cell_form):
    name = "été/robe-été.jpg"
    folder = write_files(tmp_path / "photos", {unicodedata.normalize(form, name): 1})
    cell = unicodedata.normalize(cell_form, name)
    run(table(tmp_path, ["N1", "Dress", cell]), images=str(folder))
    assert len(sources_of("N1")) == 1


def test_another_photo_at_the_same_path_replaces_the_first(tmp_path, media, django_capture_on_commit_callbacks):
    folder = write_files(tmp_path / "photos", {"Dress/Y1/1.jpg": 1, "Dress/Y1/2.jpg": 2})
    path = table(tmp_path, ["Y1", "Dress", ""])
    run(path, images=str(folder))
    write_files(folder, {"Dress/Y1/1.jpg": 3})
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 removed" in run(path, images=str(folder))
    images = Product.objects.get().images.all()
    assert [image.file.open().read() for image in images] == [picture(3), picture(2)]
    assert len(files_in(media)) == 2


class Host(BaseHTTPRequestHandler):
    """Serves `server.photo` with its ETag, and says 304 to who knows it."""

    def do_GET(self):
        etag = f'"{self.server.photo}"'
        self.server.asked.append((self.path, self.headers.get("If-None-Match")))
        if self.server.photo is None:
            self.send_error(404)
        elif self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
        else:
            body = picture(self.server.photo)
            self.send_response(200)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def host(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    with serving(Host) as server:
        server.asked, server.photo = [], 1
        yield server


def test_an_address_is_asked_again_on_demand_and_only_for_what_has_changed(tmp_path, media, host):
    path = table(tmp_path, ["Z1", "Dress", f"{host.url}/1.jpg"])
    run(path, "--download", "--allow-private-hosts")
    assert ProductImage.objects.get().source_etag == '"1"'
    run(path, "--download", "--allow-private-hosts")
    assert len(host.asked) == 1
    assert "Images: 0 created, 1 unchanged" in run(path, "--refresh-images", "--allow-private-hosts")
    assert host.asked[-1] == ("/1.jpg", '"1"')
    host.photo = 2
    assert "Images: 1 created, 0 unchanged, 0 refused, 1 removed." in run(
        path, "--refresh-images", "--allow-private-hosts"
    )
    image = ProductImage.objects.get()
    assert (image.file.open().read(), image.source_etag) == (picture(2), '"2"')
    host.photo = None
    report = run(path, "--refresh-images", "--allow-private-hosts", report=tmp_path / "r.json")
    assert "404" in report["refusals"][0]["reason"]
    assert ProductImage.objects.get().pk == image.pk


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("{}/a.jpg?w=600&amp;h=800", ["/a.jpg?w=600&h=800"]),
        ("{}/b.jpg?a=1;b=2", ["/b.jpg?a=1;b=2"]),
        ("{0}/a.jpg;{0}/b.jpg", ["/a.jpg", "/b.jpg"]),
        ("{0}/a.jpg, {0}/b.jpg?x=1,2", ["/a.jpg", "/b.jpg?x=1,2"]),
        ('["{0}/a.jpg", "{0}/b.jpg"]', ["/a.jpg", "/b.jpg"]),
        ('a:2:{{i:0;s:5:"{0}/a.jpg";i:1;s:5:"{0}/b.jpg";}}', ["/a.jpg", "/b.jpg"]),
    ],
)
def test_separators_within_addresses(tmp_path, media, host, cell, asked):
    path = table(tmp_path, ["E1", "Dress", cell.format(host.url)])
    report = run(path, "--download", "--allow-private-hosts", report=tmp_path / "r.json")
    assert sorted(path for path, _etag in host.asked) == asked
    assert report["refusals"] == []


def test_a_full_disk_ends_the_import_with_a_sentence_and_leaves_no_files(
    tmp_path, media, monkeypatch, django_capture_on_commit_callbacks
):
    folder = write_files(tmp_path / "photos", {f"Dress/{n:03d}/a.jpg": n for n in range(40)})
    save, saved = FileSystemStorage._save, []

    def save_until_full(storage, name, content):
        saved.append(name)
        if len(saved) > 25:
            raise OSError(errno.ENOSPC, "No space left on device")
        return save(storage, name, content)

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(FileSystemStorage, "_save", save_until_full)
        with pytest.raises(CommandError, match="No space left on device.*run the same command again"):
            run(folder)
    assert files_in(media) == []
    assert not Product.objects.exists()
    run(folder)
    assert ProductImage.objects.count() == len(files_in(media)) == 40


def test_a_category_folder_of_130_characters_is_one_refusal(tmp_path, media):
    folder = write_files(tmp_path / "photos", {"x" * 130 + "/1/a.jpg": 1, "Dress/2/a.jpg": 2})
    report = run(folder, report=tmp_path / "r.json")
    assert report["summary"]["products"] == {"created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    [refusal] = report["refusals"]
    assert (refusal["kind"], refusal["line"], refusal["value"]) == ("product", None, "x" * 130)
