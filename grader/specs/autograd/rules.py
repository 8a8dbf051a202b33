"""What must hold between the parts of an autograd task beside their shapes: what depends on what."""

from __future__ import annotations

from collections.abc import Iterator

from grader.domain.autograd import COTANGENT, METHODS, OPERATORS
from grader.specs.autograd.dependence import depends
from grader.specs.autograd.parts import Written
from grader.specs.autograd.schema import AutogradSpec
from grader.specs.scope import Scope
from reference import language
from reference.language import CONSTANTS, Call, Expression, Index, Name, Node, Number, Stack, nearest


def check_variables(spec: AutogradSpec, scope: Scope, written: Written) -> bool:
    """Whether f depends on what it is differentiated by; blamed where not."""
    ask, variables = spec.ask, spec.wrt or []
    if ask != "function" and len(variables) > 1:
        scope.blame(("wrt",), f"`ask: {ask}` takes one variable; several are said of `ask: function`")
    good = True
    for number, name in enumerate(variables):
        if name in variables[:number]:
            scope.blame(("wrt",), f"`{name}` stands here twice")
        elif name not in spec.given:
            scope.blame(("wrt",), f"`{name}` is not declared in `given`" + nearest(name, spec.given))
            good = False
        elif not depends(written.lets, written.f, name):
            scope.blame(("f",), f"f does not depend on `{name}`, a variable of `wrt`")
            good = False
    if ask == "update" and spec.gradient and not depends(written.lets, written.f, spec.gradient):
        scope.blame(("f",), f"f does not depend on `{spec.gradient}`, the contents of .grad")
    return bool(variables) and good and (ask != "detach" or _check_stops(spec, scope, written, variables[0]))


def _check_stops(spec: AutogradSpec, scope: Scope, written: Written, variable: str) -> bool:
    """Whether each held part makes a difference, and something is left beside them."""
    stops = spec.stop or []
    faults = [fault for name in stops if (fault := _fault_of_stop(name, spec, scope, written, variable))]
    for fault in faults:
        scope.blame(("stop",), fault)
    if faults or not stops:
        return False
    held = written.held(variable, stops, COTANGENT)
    if not depends(held.lets, held.f, variable):
        scope.blame(("stop",), f"nothing of f is left that varies with `{variable}`; stop less of it")
        return False
    return True


def _fault_of_stop(name: str, spec: AutogradSpec, scope: Scope, written: Written, variable: str) -> str:
    if name not in scope.lets:
        return f"`stop` names parts of `let`, `{name}` is none" + (nearest(name, spec.let) if spec.let else "")
    if not depends(written.lets, scope.lets[name], variable):
        return f"`{name}` does not depend on `{variable}`: holding it changes nothing"
    return "" if depends(written.lets, written.f, name) else f"f does not depend on `{name}`"


def check_handed_over(scope: Scope, written: Written) -> None:
    """A callable f is computed with operators and methods of tensors; anything else in it is blamed."""
    numbers = {*CONSTANTS, *written.dims}
    named = [*((("let", name), expression) for name, expression in written.lets), (("f",), written.f)]
    for key, expression in named:
        for node, what in _not_for_tensors(expression, numbers):
            text = f"{what} cannot stand in an f that is handed over; leave `f` out of `implement`"
            scope.blame(key, text, within=expression.text, offset=node.span.start)


def _not_for_tensors(expression: Expression, numbers: set[str]) -> Iterator[tuple[Node, str]]:
    for node in language.walk(expression.root):
        match node:
            case Index():
                yield node, "a subscript"
            case Stack():
                yield node, "a list"
            case Call(function, _) if function not in METHODS and function not in OPERATORS:
                yield node, f"`{function}`"
            case Call(function, (first, *_)) if function in METHODS and _is_number(first, numbers):
                yield node, f"`{function}` of a number"


def _is_number(node: Node, numbers: set[str]) -> bool:
    return isinstance(node, Number) or (isinstance(node, Name) and node.name in numbers)
