"""Truth: derivatives in decimal arithmetic of fifty digits and more, rounded once at the end.

Numbers of arbitrary precision (mpmath) in numpy's arrays of objects are one more array library for the tape. Literals
and inputs are the float64 numbers they are; everything computed from them is exact for all that float64 can see.

A derivative of a derivative is a central difference of adjoints with a step of 10^-40: at 130 digits it is right to
some 80 digits, cheaper than carrying second-order numbers along, and no rule has to be differentiated by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import MPContext

from reference.points import Array, Inputs
from reference.problem import STRUCTURED, Problem
from reference.tape import Tape

DIGITS = 50
DIFFERENCE_DIGITS = 130
_STEP_EXPONENT = -40

Numbers = np.ndarray[Any, Any]


class NoRealValue(ArithmeticError):
    """What was asked for is a complex number."""


class _Context(MPContext):  # type: ignore[misc]  # mpmath has no types
    """Numbers that leave arrays to numpy; mpmath would print one first to see whether it is a number."""

    def npconvert(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            raise TypeError("an array is no number")
        return super().npconvert(value)


class Exact:
    """An array library of arbitrary precision: numpy on arrays of mpmath numbers, with the functions it lacks.

    Where a real function has no value it raises: ZeroDivisionError, or NoRealValue for what would be complex.
    """

    float64 = object

    def __init__(self, digits: int) -> None:
        self.context = _Context()
        self.context.dps = digits
        self.linalg = _LinearAlgebra(self)
        for name in ("exp", "sin", "cos", "tan", "tanh"):
            setattr(self, name, self._each(getattr(self.context, name)))
        self.log = self._each(self._real(self.context.log))
        self.sqrt = self._each(self._real(self.context.sqrt))
        self._one = self._each(self.context.mpf)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def _each(self, function: Callable[..., Any]) -> Callable[..., Numbers]:
        ufunc = np.frompyfunc(function, 1, 1)
        return lambda a: np.asarray(ufunc(a), dtype=object)

    def _real(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def real(a: Any) -> Any:
            if a < 0:
                raise NoRealValue
            return function(a)

        return real

    def asarray(self, values: Any, dtype: Any = object) -> Numbers:
        """Exact copies of float64 numbers; what is exact already stays."""
        return self._one(values)

    def pow(self, a: Any, b: Any) -> Numbers:
        """a^b where that is real."""

        def power(base: Any, exponent: Any) -> Any:
            if base < 0 and exponent != int(exponent):
                raise NoRealValue
            return base**exponent

        return np.asarray(np.frompyfunc(power, 2, 1)(self.asarray(a), self.asarray(b)), dtype=object)

    def logaddexp(self, a: Numbers, b: Numbers) -> Numbers:
        """ln(e^a + e^b)."""
        top = np.maximum(a, b)
        return np.asarray(top + self.log(self.exp(a - top) + self.exp(b - top)), dtype=object)


class _LinearAlgebra:
    """What numpy.linalg has, by elimination with row exchanges."""

    def __init__(self, library: Exact) -> None:
        self._library = library

    def _eliminate(self, a: Numbers, b: Numbers) -> tuple[Numbers, Any]:
        """The solution of a X = b, and the determinant of a."""
        size = len(a)
        table = np.concatenate([a, b], axis=1)
        determinant = self._library.context.mpf(1)
        for k in range(size):
            pivot = k + int(np.argmax(np.abs(table[k:, k])))
            if table[pivot, k] == 0:
                raise ZeroDivisionError("singular matrix")
            if pivot != k:
                table[[k, pivot]] = table[[pivot, k]]
                determinant = -determinant
            determinant = determinant * table[k, k]
            table[k] = table[k] / table[k, k]
            for row in range(size):
                if row != k and table[row, k] != 0:
                    table[row, k + 1 :] = table[row, k + 1 :] - table[row, k] * table[k, k + 1 :]
        return table[:, size:], determinant

    def solve(self, a: Numbers, b: Numbers) -> Numbers:
        """X with a X = b."""
        return self._eliminate(a, b.reshape(len(a), -1))[0].reshape(b.shape)

    def inv(self, a: Numbers) -> Numbers:
        """The inverse."""
        return self._eliminate(a, np.eye(len(a), dtype=object))[0]

    def det(self, a: Numbers) -> Any:
        """The determinant."""
        return self._eliminate(a, np.empty((len(a), 0), dtype=object))[1]

    def slogdet(self, a: Numbers) -> tuple[Any, Any]:
        """Sign and logarithm of the absolute value of the determinant."""
        determinant = self.det(a)
        return np.sign(determinant), self._library.log(np.abs(determinant))

    def vector_norm(self, a: Numbers) -> Numbers:
        """The square root of the sum of squares."""
        return self._library.sqrt(np.sum(a * a))


class Truth:
    """Values and derivatives of a problem at one point, exact but for one rounding to float64 at the end."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._libraries: dict[int, Exact] = {}

    def value(self, inputs: Inputs) -> Array:
        """f at one point. NaN where it has no real value."""
        return _rounded(lambda: self._at(inputs, DIGITS).value())

    def derivative(self, inputs: Inputs) -> Array:
        """What is asked for, at one point, in the problem's layout. NaN where there is none."""
        if self._problem.ask in ("hessian", "hvp"):
            return self.difference(inputs)
        return _rounded(lambda: getattr(self._at(inputs, DIGITS), self._problem.ask)())

    def difference(self, inputs: Inputs) -> Array:
        """What is asked for by differences: of values for first derivatives, so that no derivative rule is used, and
        of gradients for second ones. The step is far smaller than the distance of any kink."""
        size = float(np.max(np.abs(inputs[self._problem.wrt]), initial=0.0)) or 1.0
        # A tiny variable moves a function of size one by next to nothing; more digits keep what it does.
        digits = DIFFERENCE_DIGITS + int(2 * max(0.0, -np.log10(size)))
        return _rounded(lambda: self._at(inputs, digits).differences(10.0**_STEP_EXPONENT, size))

    def _at(self, inputs: Inputs, digits: int) -> _Place:
        library = self._libraries.get(digits) or self._libraries.setdefault(digits, Exact(digits))
        exact = {name: library.asarray(values) for name, values in inputs.items()}
        return _Place(self._problem, {**self._problem.sizes(inputs), **exact}, library)


def _rounded(compute: Callable[[], Numbers]) -> Array:
    try:
        with np.errstate(all="ignore"):
            return np.asarray(compute()).astype(np.float64)
    except (ZeroDivisionError, NoRealValue, OverflowError):
        return np.array(np.nan)


class _Place:
    """One point in exact numbers, and the derivatives there."""

    def __init__(self, problem: Problem, values: dict[str, Any], library: Exact) -> None:
        self._problem = problem
        self._values = values
        self._library = library
        self._variable: Numbers = values[problem.wrt]

    def _tape(self, variable: Numbers) -> Tape:
        values = {**self._values, self._problem.wrt: variable}
        return Tape(self._problem.lets, self._problem.f, values, self._library)

    def value(self) -> Numbers:
        return np.asarray(self._tape(self._variable).value, dtype=object)

    def gradient(self) -> Numbers:
        return np.asarray(self._problem.in_layout(self._gradient(self._variable)))

    def _gradient(self, variable: Numbers) -> Numbers:
        return np.asarray(self._tape(variable).adjoint(self._problem.wrt, 1), dtype=object)

    def vjp(self) -> Numbers:
        bar = self._values[self._problem.along]
        return np.asarray(self._tape(self._variable).adjoint(self._problem.wrt, bar), dtype=object)

    def jacobian(self) -> Numbers:
        return np.asarray(self._problem.in_layout(self._rows()))

    def jvp(self) -> Numbers:
        rows, direction = self._rows(), self._values[self._problem.along]
        products = np.asarray(rows * direction, dtype=object).reshape(*rows.shape[: rows.ndim - direction.ndim], -1)
        return np.asarray(np.sum(products, axis=-1))

    def _rows(self) -> Numbers:
        """The derivative of every entry of the value: (*value, *variable)."""
        tape = self._tape(self._variable)
        shape = tape.value.shape
        bars = np.eye(int(np.prod(shape, dtype=int)), dtype=object)
        rows = [np.asarray(tape.adjoint(self._problem.wrt, bar.reshape(shape))) for bar in bars]
        return np.reshape(np.stack(rows), (*shape, *self._variable.shape))

    def differences(self, step: float, size: float) -> Numbers:
        """By central differences with a step relative to the size of the variable."""
        self._step = self._library.context.mpf(step) * size
        match self._problem.ask:
            case "hessian":
                return self._columns(self._gradient)
            case "hvp":
                return self._along(self._values[self._problem.along], self._gradient)
            case "jvp":
                return self._along(self._values[self._problem.along], lambda x: self._tape(x).value)
            case "vjp":
                return self._columns(lambda x: np.sum(self._values[self._problem.along] * self._tape(x).value))
        columns = self._columns(lambda x: self._tape(x).value)
        return self._problem.in_layout(columns) if self._problem.ask == "jacobian" else columns

    def _direction(self, unit: Numbers) -> Numbers:
        """Along which one entry moves: a mirrored one with it, where they are one variable."""
        return np.maximum(unit, unit.T) if self._problem.layout == STRUCTURED else unit

    def _along(self, direction: Numbers, of: Callable[[Numbers], Any]) -> Numbers:
        ahead, behind = (of(np.asarray(self._variable + sign * self._step * direction)) for sign in (1, -1))
        return np.asarray(np.asarray(ahead - behind) / (2 * self._step), dtype=object)

    def _columns(self, of: Callable[[Numbers], Any]) -> Numbers:
        """The derivative of `of` in every entry of the variable; those are the last axes."""
        shape = self._variable.shape
        units = np.eye(int(np.prod(shape, dtype=int)), dtype=object)
        columns = [self._along(self._direction(unit.reshape(shape)), of) for unit in units]
        return np.reshape(np.stack(columns, axis=-1), (*columns[0].shape, *shape))
