"""The expression language: what it reads, and where it points when it refuses."""

from __future__ import annotations

import pytest

from reference import language
from reference.language import Call, Index, LanguageError, Name, Node, Number, Stack, parse


def sketch(node: Node) -> str:
    """The tree with every bracket written out."""
    match node:
        case Number():
            return f"{node.value:g}"
        case Name():
            return node.name
        case Stack():
            return f"[{' '.join(map(sketch, node.items))}]"
        case Index():
            return f"({sketch(node.base)} at {node.items})"
        case Call():
            return f"({' '.join([node.function, *map(sketch, node.arguments)])})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b*c", "(add a (mul b c))"),
        ("a - b - c", "(sub (sub a b) c)"),
        ("a / (b / c)", "(truediv a (truediv b c))"),
        ("r.T @ W @ r", "(matmul (matmul (transpose r) W) r)"),
        ("-x**2", "(neg (pow x 2))"),
        ("-A.T @ r", "(matmul (neg (transpose A)) r)"),
        ("x**-2.5", "(pow x -2.5)"),
        ("x**p", "(pow x p)"),
        ("sin(x @ x)", "(sin (matmul x x))"),
        ("solve(A, b)", "(solve A b)"),
        ("[1, -2, x]", "[1 -2 x]"),
        ("x[-1]", "(x at (-1,))"),
        ("A[0, 1:]", "(A at (0, slice(1, None, None)))"),
        ("x[:-1][2]", "((x at (slice(None, -1, None),)) at (2,))"),
        ("2e3*pi", "(mul 2000 pi)"),
        ("1_000 + 0x10", "(add 1000 16)"),
        ("((x))", "x"),
    ],
)
def test_operators_bind_as_in_python(text: str, tree: str) -> None:
    assert sketch(parse(text).root) == tree


@pytest.mark.parametrize("text", ["x\n+ y", "\n  x\n  + y\n", "(x +\n\n y)", "x\t+\ty"])
def test_an_expression_may_span_lines(text: str) -> None:
    assert sketch(parse(text).root) == "(add x y)"


def test_a_node_knows_the_characters_it_was_read_from() -> None:
    expression = parse("\n  x @\n    A.T\n  + sum(y)")
    assert isinstance(expression.root, Call)
    product, total = expression.root.arguments
    assert expression.source(product) == "x @ A.T"
    assert expression.source(total) == "sum(y)"
    assert (total.span.start, total.span.end) == (19, 25)
    assert expression.text[total.span.start] == "s"


def test_names_are_found_once_in_order_without_constants() -> None:
    found = language.names(parse("b * [a, pi][0] + sin(b) * c[1]"))
    assert list(found) == ["b", "a", "c"]
    assert found["b"].span.start == 0


def test_walk_visits_every_node() -> None:
    assert [sketch(node) for node in language.walk(parse("-[a, b][0]").root)] == [
        "(neg ([a b] at (0,)))",
        "([a b] at (0,))",
        "[a b]",
        "a",
        "b",
    ]


def refusal(text: str) -> tuple[str, int]:
    with pytest.raises(LanguageError) as caught:
        parse(text)
    assert str(caught.value) == caught.value.text
    return caught.value.text, caught.value.offset


FOREIGN = [
    ("a < b", "compare", 0),
    ("a + (b < c)", "compare", 5),
    ("lambda x: x", "lambda", 0),
    ("[a for a in x]", "listcomp", 0),
    ("sum(a for a in x)", "generatorexp", 3),
    ("{a for a in x}", "setcomp", 0),
    ("{1: 2}", "dict", 0),
    ("a if b else c", "ifexp", 0),
    ("1if b else c", "ifexp", 0),
    ("a and b", "boolop", 0),
    ("(a, b)", "tuple", 0),
    ("(a := 1)", "namedexpr", 1),
    ("f'{a}'", "joinedstr", 0),
    ("await a", "await", 0),
    ("sin(*a)", "starred", 4),
]


def test_an_empty_list_is_refused() -> None:
    assert refusal("2 * []") == ("a list has at least one entry", 4)


@pytest.mark.parametrize(("text", "what", "offset"), FOREIGN)
def test_other_python_is_refused(text: str, what: str, offset: int) -> None:
    rest = "is not part of the language; it has + - * / ** @, .T, subscripts, lists and functions"
    assert refusal(text) == (f"{what} {rest}", offset)


NUMBERS = "is not a number that can stand here"
SIGNS = "of the signs only `-` is part of the language"
OPERATOR = "this operator is not part of the language; known here: + - * / @, and ** for a power"
EXPONENT = "an exponent is a number or a declared scalar, not an expression"
WHOLE = "a subscript is made of whole numbers"
FAULTS = [
    ("", "an expression is expected here, this is empty", 0),
    (" \n ", "an expression is expected here, this is empty", 0),
    ("2 * 'x'", f"`'x'` {NUMBERS}", 4),
    ("2 * True", f"`True` {NUMBERS}", 4),
    ("None", f"`None` {NUMBERS}", 0),
    ("1 + 2j", f"`2j` {NUMBERS}", 4),
    ("1e301", f"`1e301` {NUMBERS}", 0),
    ("x + 1e999", f"`1e999` {NUMBERS}", 4),
    ("+x", SIGNS, 0),
    ("2 * ~x", SIGNS, 4),
    ("not x", SIGNS, 0),
    ("x // y", OPERATOR, 0),
    ("x % y", OPERATOR, 0),
    ("x << 2", OPERATOR, 0),
    ("A.t", "`.t` is not part of the language; the only attribute is `.T`", 0),
    ("2 * x.__class__", "`.__class__` is not part of the language; the only attribute is `.T`", 4),
    ("sin(x=1)", "`sin` takes its arguments by position, without names", 0),
    ("2 * sin(x, y)", "`sin` takes 1 argument, 2 given", 4),
    ("dot(x)", "`dot` takes 2 arguments, 1 given", 0),
    ("zeros(1, 2, 3)", "`zeros` takes 1 or 2 arguments, 3 given", 0),
    ("1 + stack(x, y)", "`stack` takes a list of vectors, the rows of a matrix: `stack([x, y])`", 4),
    ("stack(x)", "`stack` takes a list of vectors, the rows of a matrix: `stack([x, y])`", 0),
    ("stack([])", "`stack` takes a list of vectors, the rows of a matrix: `stack([x, y])`", 0),
    ("x**y**z", EXPONENT, 3),
    ("x**(y + 1)", EXPONENT, 4),
    ("2 * x**-y", EXPONENT, 7),
    ("x**101", "the exponent 101 is beyond 100", 3),
    ("x**-100.5", "the exponent -100.5 is beyond 100", 3),
    ("x[i]", WHOLE, 2),
    ("x[1.0]", WHOLE, 2),
    ("A[0, True]", WHOLE, 5),
    ("x[None]", WHOLE, 2),
    ("x[--1]", WHOLE, 2),
    ("x[0:9:2]", "a slice has a start and an end, no step", 6),
]


@pytest.mark.parametrize(("text", "message", "offset"), FAULTS)
def test_a_fault_is_named_at_its_character(text: str, message: str, offset: int) -> None:
    assert refusal(text) == (message, offset)


@pytest.mark.parametrize(("text", "offset"), [("  x = 1", 4), ("2 * (x", 4), ("x y", 2), ("x[]", 2), ("  x +", 4)])
def test_what_is_not_even_python_is_refused_in_pythons_words(text: str, offset: int) -> None:
    message, where = refusal(text)
    assert message.startswith("this is not an expression: ")
    assert where == offset


@pytest.mark.parametrize(("before", "offset"), [("", 4), ("  ", 6), ("\n\n", 6), ("y +\n ", 9)])
def test_offsets_count_the_characters_of_the_authors_text(before: str, offset: int) -> None:
    assert refusal(before + "2 * A.t")[1] == offset


@pytest.mark.parametrize(
    ("text", "offset"), [("x + é", 4), ("x \u00d7 y", 2), ("x\u00a0+ 1", 1), ("x\r\n+ y", 1), ("\x0cx", 0)]
)
def test_only_ascii_is_read(text: str, offset: int) -> None:
    message = f"unexpected character {text[offset]!r}; expressions are written in ASCII"
    assert refusal(text) == (message, offset)


def test_an_unknown_function_is_answered_with_the_nearest() -> None:
    assert refusal("2 * nrm(x)") == ("unknown function `nrm`; did you mean `norm`?", 4)


@pytest.mark.parametrize("text", ["__import__('os')", "x(1)", "x.T()", "(lambda: 1)()", "matmul(x, x)", "A.sum()"])
def test_only_functions_of_the_table_are_called(text: str) -> None:
    message, offset = refusal(text)
    assert message.startswith("unknown function `")
    assert "known here: " in message or "did you mean" in message
    assert offset == 0


def test_nearest_lists_what_is_known_where_nothing_is_near() -> None:
    assert language.nearest("zzz", {"b": 1, "a": 2}) == "; known here: a, b"


def vector_of(count: int) -> str:
    return f"[{','.join(['1'] * count)}]"


TOO_MANY = "the expression has more than 400 parts; name parts of it in `let`"
TOO_DEEP = "the expression is nested more than 60 deep; name parts of it in `let`"


@pytest.mark.parametrize(
    "text",
    [vector_of(399), "-" * 60 + "x", "+".join(["x"] * 61), "(" * 150 + "x" + ")" * 150, "x**100", "x**-100", "1e300"]
    + ["x" + " " * 3999],
)
def test_the_limits_themselves_are_allowed(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (vector_of(400), TOO_MANY),
        (vector_of(1300), TOO_MANY),
        ("-" * 61 + "x", TOO_DEEP),
        ("+".join(["x"] * 62), TOO_DEEP),
        ("x" + " " * 4000, "the expression has 4001 characters, at most 4000 are allowed"),
    ],
)
def test_beyond_the_limits_is_refused(text: str, message: str) -> None:
    assert refusal(text)[0] == message


def test_what_is_too_deep_for_python_itself_is_refused() -> None:
    """Python 3.11 gives up while parsing, 3.13 parses it and the parts are too many."""
    assert refusal("-" * 3999 + "x")[0] in (TOO_DEEP, TOO_MANY)


@pytest.mark.parametrize("text", ["x @ x  # a bowl\n+ sum(x)", "# a bowl\nx", "x  # a bowl"])
def test_a_comment_does_not_swallow_the_lines_below(text: str) -> None:
    """On one line everything after `#` would vanish without a word."""
    message, offset = refusal(text)
    assert "#" in message
    assert offset == text.index("#")


@pytest.mark.parametrize("text", ["x" + ".T" * 500 + "()", "(" + "-" * 500 + "x)()", "0x" + "f" * 3900])
def test_monsters_are_refused_like_any_other_fault(text: str) -> None:
    assert len(refusal(text)[0]) < 400
