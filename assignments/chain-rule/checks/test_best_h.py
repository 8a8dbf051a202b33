"""best_h(method, scale): the bottom of the V, within a factor of 30."""

import pytest

U = 2.0**-53
BEST = {"forward": U ** (1 / 2), "central": U ** (1 / 3)}


@pytest.mark.points(2)
@pytest.mark.parametrize("method", ["forward", "central"])
def test_of_scale_one(student, method):
    found = student.best_h(method, 1.0)
    assert BEST[method] / 30 <= found <= BEST[method] * 30, f"the best step of {method} differences"


@pytest.mark.points(1)
@pytest.mark.parametrize("scale", [1e-6, 1e4])
def test_of_other_scales(student, scale):
    for method, best in BEST.items():
        found = student.best_h(method, scale)
        assert best * scale / 30 <= found <= best * scale * 30, "the step goes with the scale"
