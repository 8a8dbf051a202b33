"""`kind: lagrangian`: right answers of all forms pass in both conventions, wrong ones fail with the note of the mistake."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.domain.report import Verdict
from grader.sandbox.slot import Slot
from tests.checks.lagrangians import NEAREST, Course, course, solution

pytestmark = pytest.mark.sandbox

ASKS = {
    "value": "lagrangian", "system": "system", "multipliers": "multipliers", "solve": "solve", "points": "stationary",
    "kind": "classify", "sensitivity": "sensitivity", "tangent": "tangent",
}  # fmt: skip
SIGNS = ("-", "+")


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> dict[str, Course]:
    return {sign: course(tmp_path_factory.mktemp("course"), NEAREST.format(sign=sign), slot, bundles) for sign in SIGNS}


RIGHT: dict[str, tuple[str, ...]] = {
    "value": (
        "sum((a - b)**2 for a, b in zip(x, t)) + SIGN * (lam[0]*(x[0] - 2) + lam[1]*(x[2]**2 + x[3]**2 - 2))",
        "np.array([f(x) + SIGN * np.dot(lam, g(x))])",
        "x @ x - 2 * x @ t + t @ t + SIGN * g(x) @ lam",
    ),
    "system": (
        "list(df(x) + SIGN * (J(x).T @ lam)) + [x[0] - 2, x[2]**2 + x[3]**2 - 2]",
        "np.hstack([2*x - 2*t + SIGN * lam[0]*J(x)[0] + SIGN * lam[1]*J(x)[1], g(x)])",
        "tuple(np.append(df(x) + SIGN * lam @ J(x), g(x)))",
    ),
    "multipliers": (
        "np.array([-SIGN * 2*(x[0] - 1), -SIGN * (x[2] - 3)/x[2]])",
        "[-SIGN * 2*(x[0] - 1), -SIGN * (x[3] - 4)/x[3]]",
        "np.linalg.solve(J(x) @ J(x).T, -SIGN * J(x) @ df(x))",
    ),
    "solve": (
        "p = point(1); return list(p[0]), list(p[1])",
        "p = point(1); return [p[0], p[1]]",
        """z = np.array([1.0, 1, 1, 1, 0, 0])
    for _ in range(60):
        x, lam = z[:4], z[4:]
        K = np.block([[H(lam), SIGN * J(x).T], [J(x), np.zeros((2, 2))]])
        z = z - np.linalg.solve(K, right['system'](x, lam))
    return z[:4], z[4:]""",
    ),
    "points": (
        "(point(-1), point(1))",
        "[list(point(1)), list(point(-1))]",
        "[[list(a) for a in point(s)] for s in (1, -1)]",
    ),
    "kind": (
        "return np.str_(right['kind'](x, lam))",
        "return 'minimum' if x[2] > 0 else 'saddle'",
        """K = np.block([[H(lam), J(x).T], [J(x), np.zeros((2, 2))]])
    e = np.linalg.eigvalsh(K)
    negative = np.sum(e < -1e-9) - 2
    return {0: 'minimum', 2: 'maximum'}.get(int(negative), 'saddle')""",
    ),
    "sensitivity": ("-SIGN * lam", "[-SIGN * lam[0], -SIGN * lam[1]]", "df(x) @ np.linalg.pinv(J(x))"),
    "tangent": (
        "return np.bool_(right['tangent'](x))",
        "return int(right['tangent'](x))",
        "return np.linalg.norm(g(x)) < 1e-8 and np.linalg.matrix_rank(np.vstack([J(x), df(x)]), tol=1e-8) == 2",
    ),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_right_answers_pass_over_many_seeds(courses: dict[str, Course], sign: str) -> None:
    for number in range(3):
        source = solution(sign, **{name: bodies[number] for name, bodies in RIGHT.items()})
        for seed in range(20 if sign == "-" else 4):
            checks = courses[sign].checks("nearest", source, f"seed {seed}")
            failed = {name: check.message for name, check in checks.items() if check.verdict is not Verdict.PASSED}
            assert not failed, (number, failed)
            assert sum(check.score for check in checks.values()) == pytest.approx(22)


WRONG: list[tuple[str, str, str | None]] = [
    ("value", "f(x) - SIGN * lam @ g(x)", "lambda.sign"),
    ("value", "f(x)", "constraint.missing"),
    ("value", "f(x) + SIGN * lam[0] * g(x)[0]", "constraint.missing"),
    ("value", "f(x) + SIGN * lam @ (g(x) + 2)", "constraint.constant"),
    ("value", "f(x) + SIGN * lam[0] * np.sum(g(x))", "lambda.shared"),
    ("value", "f(x) + SIGN * lam @ g(x)**2", "constraint.squared"),
    ("value", "SIGN * lam @ g(x)", "objective.missing"),
    ("value", "-(f(x) + SIGN * lam @ g(x))", "sign"),
    ("value", "(f(x) + SIGN * lam @ g(x)) / 2", "scale.half"),
    ("value", "(f(x) + SIGN * lam @ g(x)) * 1.001", None),
    ("value", "float('nan')", None),
    ("value", "1.0", None),
    ("value", "right['system'](x, lam)", None),
    ("value", "np.float32(f(x) + SIGN * lam @ g(x))", "float32"),
    ("value", "x -= 1; return f(x + 1) + SIGN * lam @ g(x + 1)", "mutates-input"),
    ("value", "f(x) + SIGN * lam @ g(x) + np.random.default_rng().normal()", "nondeterministic"),
    ("system", "np.concatenate([df(x) - SIGN * lam @ J(x), g(x)])", "lambda.sign"),
    ("system", "np.concatenate([df(x), g(x)])", "constraint.missing"),
    ("system", "np.concatenate([df(x) + SIGN * lam @ J(x), g(x) + 2])", "constraint.constant"),
    ("system", "np.concatenate([df(x) + SIGN * lam @ J(x), -g(x)])", "system.sign"),
    ("system", "np.concatenate([(df(x) + SIGN * lam @ J(x)) / 2, g(x)])", "system.halved"),
    ("system", "np.concatenate([-(df(x) + SIGN * lam @ J(x)), g(x)])", "system.negated"),
    ("system", "np.concatenate([g(x), df(x) + SIGN * lam @ J(x)])", "system.order"),
    ("system", "np.concatenate([-g(x), df(x) + SIGN * lam @ J(x)])", "system.order"),
    ("system", "df(x) + SIGN * lam @ J(x)", "system.incomplete"),
    ("system", "np.concatenate([SIGN * lam @ J(x), g(x)])", "objective.missing"),
    ("system", "np.concatenate([df(x) + SIGN * lam[0] * J(x).sum(0), g(x)])", "lambda.shared"),
    ("system", "right['system'](x, lam)[None]", "layout.row"),
    ("system", "right['system'](x, lam) * 1.001", None),
    ("system", "2 * right['system'](x, lam)", "scale.double"),
    ("system", "np.full(6, np.inf)", None),
    ("system", "np.ones(6)", None),
    ("multipliers", "-right['multipliers'](x)", "lambda.sign"),
    ("multipliers", "1 / right['multipliers'](x)", "lambda.inverse"),
    ("multipliers", "s = J(x).sum(0); return np.full(2, -SIGN * (s @ df(x)) / (s @ s))", "lambda.shared"),
    ("multipliers", "right['multipliers'](x)[::-1]", "layout.reversed"),
    ("multipliers", "2 * right['multipliers'](x)", "scale.double"),
    ("multipliers", "right['multipliers'](x) * 1.001", None),
    ("multipliers", "right['multipliers'](x)[0]", None),
    ("multipliers", "np.array([2.0, 2.0])", None),
    ("solve", "x, lam = point(1); return x, -lam", "lambda.sign"),
    ("solve", "x, lam = point(1); return x, lam[::-1]", "lambda.order"),
    ("solve", "x, lam = point(1); return x, 1 / lam", "lambda.inverse"),
    ("solve", "x, lam = point(1); return x, lam * np.array([1, -1])", "lambda.one-sign"),
    ("solve", "x, lam = point(1); return x, np.full(2, lam[0])", "lambda.shared"),
    ("solve", "x, lam = point(1); return x, lam * 1.001", None),
    ("solve", "t.copy(), np.zeros(2)", "constraint.missing"),
    ("solve", "np.array([0, 2, 0, 0.0]), np.array([-2.0, 1])", "constraint.constant"),
    ("solve", "np.array([2, 2, 3, 4.0]), np.array([2.0, 0])", "constraint.one-missing"),
    ("solve", "x, lam = point(1); return 2 * x, lam", "constraint.scaled"),
    ("solve", "np.array([2, 2, 1, 1.0]), np.array([2.0, -2])", None),
    ("solve", "point(-1)", "extremum.saddle"),
    ("solve", "np.array([1e200, 1, 1, 1]), np.array([1e250, 1])", "lagrangian.descent"),
    ("solve", "np.full(4, np.nan), np.full(2, np.nan)", "lagrangian.descent"),
    ("solve", "x, lam = point(1); return np.round(x, 3), np.round(lam, 3)", "rounded"),
    ("solve", "x, lam = point(1); return x", None),
    ("solve", "np.concatenate(point(1))", None),
    ("solve", "x, lam = point(1); return lam, x", None),
    ("solve", "x, lam = point(1); return x, lam[:1]", None),
    ("solve", "x, lam = point(1); return x[:, None], lam", None),
    ("solve", "x, lam = point(1); return x.astype(np.float32), lam", "float32"),
    ("solve", "None", None),
    ("solve", "'minimum'", None),
    ("points", "[point(1)]", "stationary.subset"),
    ("points", "[point(1), point(-1), point(1)]", "stationary.duplicate"),
    ("points", "[(x, -lam) for x, lam in right['points']()]", "lambda.sign"),
    ("points", "[point(1), (np.array([2, 2, 1, 1.0]), np.zeros(2))]", None),
    ("points", "[(t, np.zeros(2))]", "constraint.missing"),
    ("points", "[]", None),
    ("points", "point(1)", None),
    ("points", "[point(1)[0], point(-1)[0]]", None),
    ("kind", "return by_signs(np.linalg.eigvalsh(2 * np.eye(4)))", "classify.unconstrained"),
    ("kind", "return {'minimum': 'maximum', 'maximum': 'minimum'}.get(right['kind'](x, lam), right['kind'](x, lam))", "classify.bordered"),
    ("kind", "return 'saddle'", "classify.constant"),
    ("kind", "return 'max' if x[2] > 0 else 'min'", None),
    ("kind", "return 'minimum' if x[2] < 0 else 'saddle'", None),
    ("kind", "return None", None),
    ("kind", "return 0", None),
    ("kind", "return ['minimum']", None),
    ("kind", "return type('Any', (), {'__eq__': lambda self, other: True, '__hash__': None})()", None),
    ("sensitivity", "SIGN * lam", "sensitivity.sign"),
    ("sensitivity", "lam / 2 * SIGN", None),
    ("sensitivity", "-SIGN * lam * 1.001", None),
    ("sensitivity", "x", None),
    ("tangent", "return bool(np.all(abs(df(x) + SIGN * best(x) @ J(x)) < 1e-9))", "tangent.infeasible"),
    ("tangent", "return bool(np.all(abs(g(x)) < 1e-9))", "tangent.feasible"),
    ("tangent", "return False", "tangent.division"),
    ("tangent", "return True", "tangent.constant"),
    ("tangent", "return 'yes'", None),
    ("tangent", "return 0.5", None),
    ("tangent", "return not right['tangent'](x)", None),
]  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
def test_wrong_answers_earn_nothing_and_are_named(courses: dict[str, Course], sign: str) -> None:
    # Of the other convention, those that a sign could turn into something else.
    for name, body, note in WRONG if sign == "-" else WRONG[::3]:
        found = courses[sign].checks("nearest", solution(sign, **{name: body}))
        check = found.pop(ASKS[name])
        assert check.verdict in (Verdict.FAILED, Verdict.INVALID_OUTPUT), (name, body, check.message)
        assert check.score == 0, (name, body)
        assert check.note == note, (name, body, check.note, check.message)
        assert (check.hint is None) == (note is None), (name, body)
        others = {other: found[other].message for other in found if found[other].verdict is not Verdict.PASSED}
        assert not others, (name, body, others)


@pytest.mark.parametrize(
    ("name", "body", "note", "words"),
    [
        ("value", "(f(x) + SIGN * lam @ g(x)) * (1 + 3e-11)", "rounded", "Right to about 10 digits at 32 points"),
        (
            "system",
            "right['system'](x, lam) * (1 + 3e-11)",
            "finite-difference",
            "Right to about 10 digits at 32 points",
        ),
        ("multipliers", "right['multipliers'](x) * (1 + 3e-11)", "rounded", "Right to about 10 digits at 2 points"),
        (
            "sensitivity",
            "right['sensitivity'](x, lam) * (1 + 3e-11)",
            "rounded",
            "Right to about 10 digits at 2 points",
        ),
        ("solve", "x, lam = point(1); return x, lam * (1 + 3e-11)", "rounded", "The equations hold to about 11 digits"),
    ],
)
def test_an_approximation_earns_a_part(courses: dict[str, Course], name: str, body: str, note: str, words: str) -> None:
    check = courses["-"].checks("nearest", solution("-", **{name: body}))[ASKS[name]]
    assert check.verdict is Verdict.PARTIAL, check.message
    assert check.note == note
    assert words in check.message
    assert check.score == pytest.approx(0.4 * check.max_score)
