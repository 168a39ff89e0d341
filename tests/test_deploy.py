"""The samples under deploy/ and compose.yaml: syntax, settings, and that each command is one that tests run."""

import re
import shutil
import subprocess

import pytest
import yaml
from django.conf import settings

from tests.documents import ROOT, block, blocks
from tests.test_documents import SETTINGS

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
UNITS = ["deploy/shop-web.service", "deploy/shop-worker.service"]
# tests/test_production.py runs the recipe, tests/search/embedding/test_distributed.py the worker.
RECIPE = [line.removeprefix(".venv/bin/") for line in block("README.md", "production").splitlines()]
WORKER = "celery --app config worker"
OWN = ("web", "worker", "migrate")


def is_tested(command):
    """Whether a command is a line of the recipe or the worker, options such as --noinput and --loglevel aside."""
    command = re.sub(r"^\S*\.venv/bin/", "", command)
    command = re.sub(r" --(noinput|loglevel info)\b", "", command)
    return command in [re.sub(r" --noinput$", "", line) for line in [*RECIPE, WORKER]]


@pytest.mark.parametrize("service", OWN)
def test_commands_of_compose_are_tested_ones(service):
    assert is_tested(" ".join(COMPOSE["services"][service]["command"]))


@pytest.mark.parametrize("service", OWN)
def test_settings_of_compose_exist(service):
    assert set(COMPOSE["services"][service]["environment"]) <= SETTINGS


def test_compose_has_what_a_site_needs():
    services = COMPOSE["services"]
    assert {"database", "redis", "web", "worker", "proxy"} <= set(services)
    for service in services.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]
    assert services["web"]["volumes"] == services["worker"]["volumes"], "both need the photos and the models"


def test_pgvector_of_compose_is_new_enough():
    version = re.search(r"pgvector:(\d+)\.(\d+)\.(\d+)-", COMPOSE["services"]["database"]["image"])
    assert tuple(map(int, version.groups())) >= (0, 8, 4)  # earlier ones can corrupt HNSW indexes during vacuum


def test_required_variables_of_compose_are_in_the_template():
    (template,) = [body for _, body in blocks("docs/deploy.md", "sh") if "cat > .env" in body]
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "compose.yaml").read_text()))
    assert required <= set(re.findall(r"^([A-Z_]+)=", template, re.M))


def test_the_image_is_made_of_files_that_exist_and_tested_commands():
    text = (ROOT / "deploy/Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        assert all((ROOT / source).exists() for source in line.split())
    (command,) = re.findall(r"^CMD \[(.+)\]$", text, re.M)
    assert is_tested(command.replace('"', "").replace(",", ""))
    (collect,) = re.findall(r"^RUN (?:[A-Z_]+=\S+ )+(.*)$", text, re.M)
    assert is_tested(collect)


@pytest.mark.parametrize("unit", UNITS)
def test_units_start_tested_commands(unit):
    (command,) = re.findall(r"^ExecStart=(.+)$", (ROOT / unit).read_text(), re.M)
    assert is_tested(command)


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_understood_by_systemd(unit, tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd here")
    (tmp_path / "bin").mkdir()
    text = re.sub(r"/srv/shop/\.venv/bin/\w+", "/bin/true", (ROOT / unit).read_text())
    file = tmp_path / unit.split("/")[1]
    file.write_text(re.sub(r"^(User|Group|WorkingDirectory|EnvironmentFile|ReadWritePaths)=.*\n", "", text, flags=re.M))
    done = subprocess.run([program, "verify", "--man=no", str(file)], capture_output=True, text=True)
    assert "Unknown" not in done.stderr, done.stderr


def test_settings_of_the_environment_file_exist():
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy/shop.env").read_text(), re.M))
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "CACHE_URL"} <= named <= SETTINGS


def test_nginx_accepts_the_sample(tmp_path):
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("no nginx here")
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=shop.example", "-days", "1",
         "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    sample = (ROOT / "deploy/nginx.conf").read_text().replace("/etc/letsencrypt/live/shop.example", str(tmp_path))
    file = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    head = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
    file.write_text(f"{head}http {{\naccess_log off;\n{folders}\n{sample}\n}}\n")
    done = subprocess.run([program, "-t", "-c", str(file), "-p", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("sample", "pattern"),
    [("deploy/nginx.conf", r"client_max_body_size (\d+);"), ("deploy/Caddyfile", r"max_size (\d+)MB")],
)
def test_proxies_take_what_the_site_takes(sample, pattern):
    (number,) = re.findall(pattern, (ROOT / sample).read_text())
    factor = 1_000_000 if "MB" in pattern else 1
    assert int(number) * factor == settings.MAX_REQUEST_BYTES


@pytest.mark.parametrize("sample", ["deploy/nginx.conf", "deploy/Caddyfile"])
def test_proxies_keep_metrics_to_the_inside_and_serve_media(sample):
    text = (ROOT / sample).read_text()
    assert "/metrics" in text and "404" in text and "/media/" in text
    assert text.count("{") == text.count("}")
