"""Request bodies that are no use: the sender's error, at every address that takes JSON."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body, reason",
    [
        ("[" * 100_000, "nested beyond what Python follows"),
        ('{"a":' * 100_000, "the same with objects"),
        ("{", "cut off"),
        ("9" * 5_000, "a number of more digits than Python reads"),
        (b"\xff\xfe", "no UTF-8"),
    ],
)
def test_json_that_cannot_be_read_is_refused(client, admin_client, body, reason):
    assert client.post("/api/v1/search/photo/", body, content_type="application/json").status_code == 400, reason
    assert admin_client.post("/api/v1/categories/", body, content_type="application/json").status_code == 400, reason
