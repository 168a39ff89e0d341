import numpy as np

from demo.drawing.curves import along, dashes, lengths, points, spline, symmetric, tube


def test_a_spline_goes_through_its_points():
    control = points((0, 0), (3, 1), (5, 4), (9, 4))
    curve = spline(control, steps=5)
    for point in control:
        assert np.hypot(*(curve - point).T).min() < 1e-9


def test_a_bent_tube_never_crosses_itself():
    spine = spline(points((0, 0), (0, 10), (0, 20), (9, 14), (16, 8)))
    left, right = tube(spine, (0, 1), (4, 4))
    for edge in (left, right):
        apart = np.hypot(*(edge[:, None] - spine[None]).transpose(2, 0, 1)).min(axis=1)
        assert (apart[1:-1] > 3.5).all()


def test_along_measures_by_length():
    assert np.allclose(along(points((0, 0), (10, 0)), [0, 0.25, 1]), [(0, 0), (2.5, 0), (10, 0)])


def test_dashes_leave_gaps():
    pieces = dashes(points((0, 0), (10, 0)), 1.0, 1.0)
    assert len(pieces) == 5
    assert all(abs(lengths(piece)[-1] - 1) < 1e-9 for piece in pieces)


def test_an_outline_from_its_half_is_symmetric():
    outline = symmetric(points((0, 0), (4, 1), (3, 9), (0, 10)))
    assert np.allclose(sorted(outline[:, 0]), sorted(-outline[:, 0]))
