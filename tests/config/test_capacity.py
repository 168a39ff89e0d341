import os

import pytest

from config import capacity


@pytest.mark.parametrize(
    ("cores", "has_shared_cache", "workers"),
    [
        pytest.param(1, True, 1, id="one core"),
        pytest.param(2, True, 1, id="two cores"),
        pytest.param(8, True, 4, id="eight cores"),
        pytest.param(9, True, 4, id="an odd core stays free"),
        pytest.param(8, False, 1, id="photos in the memory of one process"),
    ],
)
def test_workers(cores, has_shared_cache, workers):
    assert capacity.workers_for(cores, has_shared_cache=has_shared_cache) == workers


@pytest.mark.parametrize(
    ("content", "quota"),
    [
        ("max 100000", None),
        ("150000 100000", 1),
        ("400000 100000", 4),
        ("50000 100000", 1),  # half a core is one process all the same
        ("", None),
    ],
)
def test_quota_of_a_container(tmp_path, content, quota):
    file = tmp_path / "cpu.max"
    file.write_text(content)
    assert capacity._container_quota(file) == quota
    assert capacity._container_quota(tmp_path / "missing") is None


def test_every_admitted_request_has_a_thread_and_health_checks_have_some_more():
    assert capacity.threads_for(12, 6) > 12 + 6


def test_there_is_always_a_core():
    assert 1 <= capacity.available_cores() <= os.cpu_count()
