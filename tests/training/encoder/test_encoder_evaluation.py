import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install -r requirements-training.txt")

from training.encoder.evaluate_encoder import of_95, shop_ranks, shop_report, street_report, summary


def unit(angles):
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def test_each_photo_of_a_product_looks_for_the_other_among_all():
    # degrees: product 0 at 0 and 10, product 1 at 90 and 180, whose second is nearer to the first of product 0
    found = shop_ranks(unit(np.deg2rad([0, 10, 60, -50])))
    assert found.tolist() == [0, 0, 2, 2]


def test_the_shop_report_counts_by_kind():
    report = shop_report(unit(np.deg2rad([0, 10, 60, -50])), np.array(["shown", "back", "shown", "side"]))
    assert report["recall@1"] == 0.5
    assert report["recall@1 by kind"] == {"back": 1.0, "shown": 0.5, "side": 0.0}


def test_a_street_view_looks_for_what_the_shop_shows_of_its_garment():
    kinds = np.array(["shown", "pose", "shown", "light", "pose"])
    garments = np.array([4, 4, 7, 7, 7])
    report = street_report(unit(np.deg2rad([0, 20, 90, 80, 30])), kinds, garments)
    assert report["recall@1"] == pytest.approx(2 / 3, abs=1e-4)
    assert report["recall@1 by kind"] == {"light": 1.0, "pose": 0.5}


def test_a_mean_precision_of_one_right_answer_is_its_reciprocal_rank():
    assert summary(np.array([0, 1, 4])) == {"recall@1": 0.3333, "recall@5": 1.0, "recall@10": 1.0, "mAP": 0.5667}


def test_fewer_products_are_easier():
    rng = np.random.default_rng(0)
    products = rng.normal(size=(400, 8)).repeat(2, axis=0)
    vectors = products + 0.5 * rng.normal(size=products.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert of_95(vectors) > (shop_ranks(vectors) < 1).mean() + 0.05
