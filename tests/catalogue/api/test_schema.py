import pytest
from django.core.management import call_command

PATHS = [
    "/api/v1/products/", "/api/v1/products/{id}/", "/api/v1/products/{id}/similar/", "/api/v1/categories/",
    "/api/v1/brands/", "/api/v1/search/photo/",
]  # fmt: skip


def test_the_schema_is_complete_and_without_warnings(tmp_path):
    path = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    assert path.stat().st_size > 10_000


@pytest.mark.django_db
def test_the_schema_names_the_endpoints_of_the_design(client):
    answer = client.get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    assert set(PATHS) <= set(answer.json()["paths"])
    filters = {parameter["name"] for parameter in answer.json()["paths"]["/api/v1/products/"]["get"]["parameters"]}
    assert {"category", "brand", "price_min", "price_max", "colour", "q", "ordering", "limit", "offset"} <= filters


@pytest.mark.django_db
def test_the_documentation_page_needs_no_script_or_style_within_it(client):
    """The site's Content-Security-Policy forbids these, and the page must work under it."""
    answer = client.get("/api/v1/docs/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert "<style" not in html
    assert all("src=" in tag.partition(">")[0] for tag in html.split("<script")[1:])
    assert "https://" not in html
