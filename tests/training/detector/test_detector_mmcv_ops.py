import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import torch  # noqa: E402
from mmcv import ops  # noqa: E402
from torchvision.ops import nms, roi_align  # noqa: E402


def boxes(count, seed=0):
    low = torch.rand(count, 2, generator=torch.Generator().manual_seed(seed)) * 40
    return torch.cat([low, low + 4 + 20 * torch.rand(count, 2)], 1)


def test_nms_keeps_what_torchvision_keeps():
    cloud, scores = boxes(60), torch.rand(60)
    kept, indices = ops.nms(cloud, scores, 0.4)
    assert indices.tolist() == nms(cloud, scores, 0.4).tolist()
    assert torch.equal(kept, torch.cat([cloud, scores[:, None]], 1)[indices])


def test_nms_of_old_boxes_is_refused():
    with pytest.raises(NotImplementedError, match="offset 1"):
        ops.nms(boxes(3), torch.rand(3), 0.4, offset=1)


@pytest.mark.parametrize("sampling", [0, 2], ids=["as many samples as pixels", "two samples"])
@pytest.mark.parametrize("aligned", [True, False], ids=["aligned", "as it was before 2020"])
def test_regions_and_their_gradients_are_torchvisions(sampling, aligned):
    ours = torch.rand(2, 3, 16, 16, requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    regions = torch.cat([torch.tensor([[0.0], [1.0], [1.0]]), boxes(3)], 1)
    pooled = ops.roi_align(ours, regions, (5, 4), 0.25, sampling, "avg", aligned)
    expected = roi_align(theirs, regions, (5, 4), 0.25, sampling, aligned)
    assert torch.allclose(pooled, expected)
    weights = torch.rand_like(pooled)
    (pooled * weights).sum().backward()
    (expected * weights).sum().backward()
    assert ours.grad.abs().sum() > 0
    assert torch.allclose(ours.grad, theirs.grad, atol=1e-6)


def test_the_gradient_is_the_slope():
    regions = torch.tensor([[0, 1.0, 2.0, 11.0, 13.0]], dtype=torch.double)
    picture = torch.rand(1, 1, 8, 8, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: ops.roi_align(x, regions, 2, 0.5, 2, "avg", True), picture)


def test_half_precision_is_pooled_and_has_a_gradient():
    regions = torch.tensor([[0, 1.0, 2.0, 11.0, 13.0]])
    wide = torch.rand(1, 1, 8, 8, requires_grad=True)
    narrow = wide.detach().bfloat16().requires_grad_()
    for picture in (wide, narrow):
        ops.roi_align(picture, regions.to(picture.dtype), 2, 0.5, 2, "avg", True).sum().backward()
    assert narrow.grad.dtype == torch.bfloat16
    assert torch.allclose(narrow.grad.float(), wide.grad, atol=0.01)


def test_no_regions_are_no_features():
    assert ops.roi_align(torch.rand(1, 3, 8, 8), torch.zeros(0, 5), 7).shape == (0, 3, 7, 7)


def test_other_operations_say_what_to_install():
    with pytest.raises(NotImplementedError, match="softnms.*install mmcv"):
        ops.soft_nms(boxes(3), torch.rand(3))
