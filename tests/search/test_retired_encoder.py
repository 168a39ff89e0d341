"""A database that an earlier release's encoder serves, which this release does not have."""

import pytest
from django.core.management import CommandError, call_command

from search.models import Encoder
from search.vision.cards import choose
from tests.factories import make_image, picture_bytes

pytestmark = pytest.mark.django_db
RETIRED = "lite2-colour"


@pytest.fixture
def retired(media):
    make_image(picture=picture_bytes(colour=(200, 30, 60)))
    return Encoder.objects.create(name=RETIRED, dimensions=256, fingerprint="0" * 16, is_serving=True)


def test_readyz_says_what_to_run(retired, client):
    response = client.get("/readyz")
    assert response.status_code == 503
    new = choose("encoder").name
    said = response.json()["models"]
    assert f"The model of {RETIRED}, which serves, is no longer here." in said
    assert f"Run `manage.py embed_catalogue --encoder {new}`, then `manage.py switch_encoder {new}`." in said


def test_pages_and_commands_say_so_until_the_switch(retired, client, tmp_path):
    new = choose("encoder").name
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture_bytes(colour=(200, 30, 60)))
    assert client.post("/photo/", {"image": photo.open("rb")}).status_code == 503
    assert client.get("/photo/").status_code == 200
    with pytest.raises(CommandError, match=f"switch_encoder {new}"):
        call_command("search_photo", str(photo))
    call_command("embed_catalogue", encoder=new, verbosity=0)
    call_command("switch_encoder", new)
    assert Encoder.objects.serving().pk == new
    assert client.post("/photo/", {"image": photo.open("rb")}).status_code == 302
