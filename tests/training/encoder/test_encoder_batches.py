from collections import Counter

import numpy as np
import pytest

from tests.training.encoder.prepared_views import SIZE, write_prepared
from training.encoder.encoder_batches import Batches, PreparedViews, garment_type_of


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return PreparedViews(write_prepared(tmp_path_factory.mktemp("views")))


def make_batches(prepared, **options):
    return Batches(prepared, **{"size": 18, "views": 4, "real_share": 0.5, "seed": 3, "loose": 2} | options)


def test_the_same_step_draws_the_same_batch(prepared):
    first, again, other = (make_batches(prepared).draw(step) for step in (5, 5, 6))
    assert (first.images == again.images).all()
    assert (first.products == again.products).all()
    assert not np.array_equal(first.products, other.products) or not np.array_equal(first.images, other.images)


def test_a_batch_holds_several_views_of_each_product_and_some_that_are_no_products(prepared):
    batch = make_batches(prepared).draw(0)
    assert batch.images.shape == (18, SIZE, SIZE, 3)
    assert batch.masks.shape == (18, SIZE, SIZE)
    assert [target.shape[0] for target in batch.targets] == [18] * 4
    counts = Counter(batch.products.tolist())
    assert counts.pop(-1) == 2
    assert set(counts.values()) == {4}


def test_half_of_a_batch_is_real_where_that_is_asked(prepared):
    batch = make_batches(prepared).draw(1)
    names = [prepared.products[number] for number in set(batch.products.tolist()) - {-1}]
    assert Counter(prepared.is_real[name] for name in names) == {True: 2, False: 2}


def test_a_product_with_two_photos_is_seen_in_both(prepared):
    batches = make_batches(prepared, views=2)
    for step in range(5):
        chosen = batches._views_of("style0/0", np.random.default_rng(step))
        assert len({row.photo for row in chosen}) == 2


def test_views_that_are_no_products_are_of_no_type(prepared):
    batch = make_batches(prepared).draw(0)
    assert (batch.kinds[batch.products < 0] == -1).all()
    assert (batch.kinds[batch.products >= 0] >= 0).all()


def test_a_folder_without_views_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="prepare_views"):
        PreparedViews(tmp_path)


def test_views_of_another_size_are_refused(prepared):
    with pytest.raises(ValueError, match="64 pixels a side, not 160"):
        PreparedViews(prepared.folder, size=160)


@pytest.mark.parametrize(
    ("label", "garment_type"),
    [
        ("T-Shirt", "top"),  # of the Clothing dataset
        ("t-shirt", "top"),  # of Clothing Co-Parsing
        ("outerwear", "outerwear"),  # a type already
        ("romper", ""),  # clothing, but of no type
        ("Not sure", ""),
        ("", ""),
    ],
)
def test_labels_of_all_data_sets_are_read_as_garment_types(label, garment_type):
    assert garment_type_of(label) == garment_type
