import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.encoder.encoder_relations import fit_teacher_vectors, relational_loss  # noqa: E402


def unit(rows):
    return rows / rows.norm(dim=1, keepdim=True)


def random_rows(seed, count=12, width=8):
    return unit(torch.from_numpy(np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)))


def test_a_rotation_of_the_teacher_has_no_loss_and_anything_else_has_some():
    teacher = random_rows(0)
    rotation = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))[0]
    assert relational_loss(teacher @ rotation, teacher) == pytest.approx(0, abs=1e-5)
    assert relational_loss(random_rows(2), teacher) > 0.1


def test_steps_against_the_gradient_bring_the_student_to_the_teacher():
    teacher, student = random_rows(0), random_rows(3).requires_grad_()
    losses = []
    for _ in range(30):
        loss = relational_loss(unit(student), teacher)
        (gradient,) = torch.autograd.grad(loss, student)
        student = (student - 0.5 * gradient).detach().requires_grad_()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 * losses[0]


def seen(seed, products):
    """Views of 32 pixels a side: the teacher's maps are the product's own, with a little noise."""
    rng, maps = np.random.default_rng(seed), []
    for channels, cells in ((3, 4), (4, 4), (5, 4), (6, 2)):
        own = np.stack([np.random.default_rng(p + 100).random((channels, cells, cells)) for p in products])
        maps.append(torch.from_numpy((own + 0.05 * rng.random(own.shape)).clip(0, 1).astype(np.float32)))
    image = torch.from_numpy(rng.random((len(products), 3, 32, 32), np.float32))
    return image, torch.ones(len(products), 1, 32, 32), maps, np.array(products)


def test_teacher_vectors_of_one_product_are_nearest_each_other():
    products = np.repeat(np.arange(10), 3)
    teacher = fit_teacher_vectors([seen(0, products), seen(1, products)])
    image, mask, maps, _ = seen(2, products)
    vectors = teacher(maps, image, mask)
    assert torch.linalg.norm(vectors, dim=1).numpy() == pytest.approx(1, abs=1e-5)
    scores = vectors @ vectors.T - 2 * torch.eye(len(products))
    assert (products[scores.argmax(1).numpy()] == products).all()


def test_views_of_no_product_are_each_their_own():
    with_loose = fit_teacher_vectors([seen(0, [0, 0, 1, 1, -1, -1])])
    as_products = fit_teacher_vectors([(*seen(0, [0, 0, 1, 1, -1, -1])[:3], np.array([0, 0, 1, 1, 2, 3]))])
    assert with_loose.matrix.numpy() == pytest.approx(as_products.matrix.numpy(), abs=1e-4)
