import numpy as np
import pytest

from search.vision.detector import PostprocessConfig, RoILevels
from search.vision.proposals import BoxCoder, ProposalConfig

CODE = BoxCoder((0, 0, 0, 0), (1, 1, 1, 1), 0.016)


def rules(**overrides):
    anchors = (np.array([[-8, -8, 8, 8], [-4, -8, 4, 8]], np.float32),)
    values = {
        "anchors": anchors,
        "strides": (8,),
        "box_coder": CODE,
        "nms_pre": 10,
        "max_per_img": 5,
        "iou_threshold": 0.7,
    }
    return ProposalConfig(**{**values, "min_bbox_size": 0, **overrides})


def maps(cells, shape=(2, 4, 6)):
    """Logits of -5 but at (anchor, y, x) in `cells`; no deltas."""
    logits = np.full((1, *shape), -5, np.float32)
    for cell, logit in cells.items():
        logits[(0, *cell)] = logit
    return [logits], [np.zeros((1, 4 * shape[0], *shape[1:]), np.float32)]


def test_the_likeliest_cell_becomes_the_first_box():
    boxes = rules(max_per_img=2).generate(*maps({(1, 2, 3): 4, (0, 0, 5): 2}), (48, 32))
    assert boxes.tolist() == [[20, 8, 28, 24], [32, 0, 48, 8]]


def test_boxes_are_cut_off_where_the_photo_ends():
    boxes = rules().generate(*maps({(0, 3, 5): 4}), (41, 26))
    assert boxes[:, 2].max() <= 41
    assert boxes[:, 3].max() <= 26


def test_what_lies_in_the_padding_is_nothing():
    boxes = rules(nms_pre=1).generate(*maps({(1, 3, 5): 9}), (20, 10))
    assert boxes.shape == (0, 4)


def test_deltas_belong_to_their_anchor():
    logits, deltas = maps({(1, 1, 1): 4})
    deltas[0][0, 4:8, 1, 1] = [0.5, -0.25, np.log(2), 0]
    assert rules(max_per_img=1).generate(logits, deltas, (48, 32))[0] == pytest.approx([4, 0, 20, 12])


def test_a_wild_delta_grows_a_box_no_further_than_allowed():
    box = CODE.decode(np.array([[10, 10, 20, 20]], np.float32), np.array([[0, 0, 99, 99]], np.float32), (9999, 9999))
    assert np.isfinite(box).all()


@pytest.mark.parametrize(
    ("side", "level"),
    [(1, 0), (56, 0), (111, 0), (113, 1), (223, 1), (225, 2), (5000, 2)],
    ids=["tiny", "finest", "below twice", "above twice", "below four times", "above four times", "huge"],
)
def test_large_regions_are_pooled_from_coarse_maps(side, level):
    assert RoILevels((8, 16, 32), 56).levels(np.array([[0, 0, side, side]], np.float32)).tolist() == [level]


def test_rows_come_back_in_the_boxes_order():
    boxes = np.array([[0, 0, 300, 300], [0, 0, 9, 9], [0, 0, 120, 120], [0, 0, 8, 8]], np.float32)

    def widths(inputs):
        return [np.concatenate([level[:, 2] for level in inputs[3:]])]

    (rows,) = RoILevels((8, 16, 32), 56).run_roi_head(widths, [None] * 3, boxes)
    assert rows.tolist() == [300, 9, 120, 8]


@pytest.mark.parametrize("columns", [4, 8], ids=["one box for all labels", "a box for each label"])
def test_a_region_may_be_two_garments(columns):
    choice = PostprocessConfig((0.3, 0.6), 0.5, 1.0, 10, 0.5)
    proposals = np.array([[0, 0, 10, 10], [20, 20, 30, 30]], np.float32)
    probabilities = np.array([[0.35, 0.61, 0.04], [0.29, 0.59, 0.12]], np.float32)
    boxes, scores, labels = choice.select(CODE, proposals, probabilities, np.zeros((2, columns), np.float32), (40, 40))
    assert labels.tolist() == [1, 0]
    assert scores.tolist() == pytest.approx([0.61, 0.35])
    assert boxes.tolist() == [[0, 0, 10, 10]] * 2
