"""Keys and plain values: what is unknown, missing, of the wrong type or out of range, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.specs.writing import VALID, changed, problems, require_problem

HEAD = VALID.partition("tasks:")[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: Demo", "title: Demo\n¤titel: Demo", "unknown key `titel`; did you mean `title`?"),
        (
            "title: Demo",
            "title: Demo\n¤zzz: Demo",
            "unknown key `zzz`; known here: attempts, counts, due, file, format",
        ),
        ("late: {", "late: {¤penality: 1, ", "unknown key `penality`; did you mean `penalty`?"),
        ("attempts: {", "attempts: {¤perday: 1, ", "unknown key `perday`; did you mean `per_day`?"),
        ("limits: {wall: 5 s", "limits: {wall: 5 s, ¤ram: 1 GiB", "unknown key `ram`; known here: cpu, memory, output"),
        ("    requires:", "    ¤require:", "unknown key `require`; did you mean `requires`?"),
        ("limits: {wall: 2 s", "limits: {¤walls: 2 s", "unknown key `walls`; did you mean `wall`?"),
        ("huge: [x]", "¤hugh: [x]", "unknown key `hugh`; did you mean `huge`?"),
        ('say: "What', '¤tell: x, say: "What', "unknown key `tell`; known here: note, say, when"),
        ("title: Demo", 'title: Demo\n¤"[key]": 1', "unknown key `[key]`"),
        ("    requires:", '    ¤"[key]": 1\n    requires:', "unknown key `[key]`"),
    ],
)
def test_unknown_keys_get_the_nearest_known_word(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changed((old, new)), words)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("format: 1\nid", "¤id", "format"),
        ("late: {until: 2026-11-18T23:59+02:00, ", "late: ¤{", "until"),
        ("late: {until: 2026-11-18T23:59+02:00, penalty: 10% per day}", "late: ¤{until: 2026-11-18T23:59+02:00}", "penalty"),
        ("  - id: residual\n    kind", "  - ¤kind", "id"),
        ("- id: residual\n    kind: derivative\n", "- ¤id: residual\n", "kind"),
        ("- id: residual\n    kind: derivative\n    title: Gradient of a residual\n    points: 5", "- ¤id: residual\n    kind: derivative", "points"),
        ("{points: 24, weight", "¤{weight", "points"),
        ("{note: inner, ", "¤{", "note"),
    ],
)  # fmt: skip
def test_missing_keys_are_reported_where_they_should_stand(tmp_path: Path, old: str, new: str, key: str) -> None:
    require_problem(tmp_path, changed((old, new)), f"the key `{key}` is missing here")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: Demo", "title: ¤[Demo]", "text is expected here"),
        ("title: Demo", "title:¤", "this is empty; text is expected here"),
        ("title: Demo", "title: ¤" + "D" * 20_001, "this text is too long: at most 20000 characters"),
        ("limits: {wall: 5 s, cpu: 3000 ms, memory: 256 MiB}", "limits: ¤5 s", "a mapping of `key: value` is expected"),
        ("groups:\n      generic: {", "groups:\n      generic: ¤24\n      other: {", "a mapping of `key: value`"),
        ('given: {A: "matrix[m, n]", x: "vector[n] normal"}', "given: ¤[A]", "a mapping of `key: value` is expected"),
        ("huge: [x]", "huge: ¤{x: 1}", "a list is expected here"),
        ("huge: [x]", "huge: ¤[]", "this is empty; at least 1 is expected"),
        ("points: 5", "points: ¤five", "`five` is not a number"),
        ("points: 5", "points: ¤nan", "`nan` is not a number that can stand here"),
        ("points: 5", "points: ¤0", "`0` is too small: it must be more than 0"),
        ("points: 5", "points: ¤10001", "`10001` is too large: the most is 10000"),
        ("points: 5", "points: ¤[5]", "number"),
        ("per_day: 20", "per_day: ¤many", "`many` is not a whole number"),
        ("total: 100", "total: ¤0", "`0` is too small: the least is 1"),
        ("{points: 24", "{points: ¤24.5", "`24.5` is not a whole number"),
        ("{points: 24", "{points: ¤201", "`201` is too large: the most is 200"),
        ("format: 1", "format: ¤2", "`2` cannot stand here"),
        ("id: demo", "id: ¤Demo", "`Demo` cannot stand here: it must match ^[a-z0-9]"),
        ("id: residual", "id: ¤-residual", "`-residual` cannot stand here: it must match"),
        ("note: inner", "note: ¤Inner", "`Inner` cannot stand here: it must match"),
        ("file: solution.py", "file: ¤../solution.py", "`../solution.py` cannot stand here: it must match"),
        ("file: solution.py", f"file: ¤{'s' * 70}.py", f"`{'s' * 57}...` cannot stand here"),
        ("title: Demo", "title: Demo\nruntime: ¤PyTorch 2", "`PyTorch 2` cannot stand here: it must match ^[a-z0-9]"),
        ("title: Demo", "title: Demo\ncounts: ¤first", "`first` cannot stand here; known here: best, last"),
        ("visibility: hidden", "visibility: ¤[hidden]", "cannot stand here"),
        ("visibility: visible}", "visibility: ¤hiden}", "`hiden` cannot stand here; did you mean `hidden`?"),
        ("kind: derivative\n    title", "kind: ¤derivation\n    title", "unknown kind `derivation`; did you mean `derivative`?"),
        ("kind: derivative\n    title", "kind: ¤[derivative]\n    title", "unknown kind"),
        ("kind: derivative\n    title", "kind: ¤{derivative: 1}\n    title", "unknown kind"),
        ("ask: gradient\n    layout", "ask: ¤gradiant\n    layout", "`gradiant` cannot stand here; did you mean `gradient`?"),
        ("layout: like-variable", "layout: ¤transposed", "`transposed` cannot stand here"),
    ],
)  # fmt: skip
def test_values_of_the_wrong_type_or_size(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changed((old, new)), words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("wall: 5 s", "wall: ¤5", "`5` is not a number with a unit of ms, s, min, such as `10 s`"),
        ("wall: 5 s", "wall: ¤1 hour", "`1 hour` is not a number with a unit of ms, s, min"),
        ("wall: 5 s", "wall: ¤-5 s", "`-5 s` is not a number with a unit"),
        ("wall: 5 s", "wall: ¤[5 s]", "is not a number with a unit"),
        ("cpu: 3000 ms", "cpu: ¤49 ms", "`49 ms` is outside of 50 ms to 10 min"),
        ("cpu: 3000 ms", "cpu: ¤10.1 min", "`10.1 min` is outside of 50 ms to 10 min"),
        ("memory: 256 MiB", "memory: ¤256 MB", "`256 MB` is not a number with a unit of B, KiB, MiB, GiB"),
        ("output: 16 KiB", "output: ¤1023 B", "`1023 B` is less than 1 KiB"),
        ("dims: {", "dims: {k: ¤6..4, ", "`6..4` is not a range of sizes such as `4..9`, within 1 to 400"),
        ("dims: {", "dims: {k: ¤0..6, ", "`0..6` is not a range"),
        ("dims: {", "dims: {k: ¤4..401, ", "`4..401` is not a range"),
        ("dims: {", "dims: {k: ¤4-6, ", "`4-6` is not a range"),
        ("dims: {", "dims: {k: ¤[4, 6], ", "is not a range"),
        ("penalty: 10% per day", "penalty: ¤10%", "`10%` is not a penalty such as `10% per day`"),
        ("penalty: 10% per day", "penalty: ¤101% per day", "`101% per day` is not a penalty"),
        ("penalty: 10% per day", "penalty: ¤[10% per day]", "is not a penalty"),
        ("opens: 2026-11-01T08:00+02:00", "opens: ¤2026-11-01", "`2026-11-01` is not a time with an offset"),
        ("opens: 2026-11-01T08:00+02:00", "opens: ¤[2026]", "is not a time with an offset"),
        ("opens: 2026-11-01T08:00+02:00", "opens: ¤2026-11-01T08:00", "`2026-11-01T08:00` has no offset"),
        ("opens: 2026-11-01T08:00+02:00", "opens: ¤2026-13-01T08:00+02:00", "month"),
    ],
)
def test_quantities_that_cannot_be_read(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changed((old, new)), words)


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ("tasks: ¤[]", "this is empty; at least 1 is expected"),
        ("tasks: ¤square", "a list is expected here"),
        ("tasks: [¤square]", "a mapping of `key: value` is expected here"),
    ],
)
def test_tasks_that_are_no_list_of_tasks(tmp_path: Path, tasks: str, words: str) -> None:
    require_problem(tmp_path, HEAD + tasks + "\n", words)


def test_more_tasks_than_an_assignment_can_have(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + f"tasks: [{'{}, ' * 201}]\n")[0][2] == "these are too many: at most 200"


@pytest.mark.parametrize("text", ["- format: 1\n", "format 1\n"])
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == [(1, 1, "a mapping of `key: value` is expected here")]


@pytest.mark.parametrize(
    ("old", "new"),
    [("dims: {", "dims: {¤1k: 2, "), ('{A: "matrix[m, n]"', '{¤A_é: "matrix[m, n]"'), ("scaled: {", "¤Scaled: {")],
)
def test_a_name_that_is_no_name_is_reported_at_the_name(tmp_path: Path, old: str, new: str) -> None:
    require_problem(tmp_path, changed((old, new)), "cannot stand here: it must match ^[")
