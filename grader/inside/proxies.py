"""What an author's tests see of a student's code: its names, its objects and its exceptions, all of them elsewhere.

Numbers, arrays and texts come over as they are. Any other object stays where it is, and a Handle stands for it: its
attributes, elements, calls and those operators that make objects of objects are worked out there. Two handles are equal
where they stand for one object; what the student's `__eq__` would say of it is not asked.

What decides a test must not be the word of such an object: it is no number, is neither more nor less than anything, and
neither true nor false. The same holds of what is empty, since whatever is claimed of all its elements is true. Both end
the test. `answer` asks an operator of the student's all the same.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sandbox import wire

    Ask = Callable[[list[wire.Value]], Any]

_LONGEST = 10_000
"""elements of an object that are looked at"""
_AT_ONCE = 50
_PLAIN = (bool, int, float, complex, str, type(None))


class StudentError(Exception):
    """An exception that the student's code raised: its type's name and its text."""

    def __init__(self, kind: str, text: str, number: int = -1) -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind = kind
        self.text = text
        self.number = number


class StudentAttributeError(StudentError, AttributeError):
    """There is no such attribute."""


class StudentMissing(BaseException):
    """There is no such name in the student's module. No exception of the student's, which a test could expect."""

    def __init__(self, number: int) -> None:
        self.number = number


class OfWrongKind(BaseException):
    """The student's code gave something else than the test can use. Not an exception that a test could expect."""


class StudentEnded(BaseException):
    """The student's code ended or was ended. Not an exception that a test could expect: nothing can be asked any
    more."""


class Refused(BaseException):
    """More was asked than a test may ask."""


class Relayed:
    """The way to the student's code, for one test."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._handles: dict[int, Handle] = {}
        self._functions: list[Callable[..., Any]] = []
        self.end: StudentMissing | OfWrongKind | None = None
        """with which the test is over, whatever it makes of that"""

    def over(self, error: StudentMissing | OfWrongKind) -> StudentMissing | OfWrongKind:
        """The same, remembered where it is the first."""
        self.end = self.end or error
        return error

    def work(self, word: str, *operands: Any) -> Any:
        """Have something done there: its value, or a handle of it. Raises what the student's code raised."""
        return self._inward(self._worked(word, *operands))

    def elements(self, held: Handle, first: int, count: int) -> list[Any]:
        """Some of the elements of an object, at least one."""
        word, *found = answer = self._worked("elements", held, first, count)
        return [*map(self._inward, found if word == "elements" else [answer])]

    def _worked(self, word: str, *operands: Any) -> list[Any]:
        answer = self._ask([word, *map(self.outward, operands)])
        while answer[0] == "call":
            answer = self._ask(self._called(*answer[1:]))
        match answer:
            case ["raised", number, kind, text]:
                lacking = word == "get" and kind == "AttributeError"
                raise (StudentAttributeError if lacking else StudentError)(kind, text, number)
            case ["missing", number, _]:
                raise self.over(StudentMissing(number))
            case ["ended"]:
                raise StudentEnded
            case ["refused", text]:
                raise Refused(text)
        return answer  # type: ignore[no-any-return]

    def _called(self, number: int, *arguments: list[Any]) -> list[wire.Value]:
        """The student's code calls a function of the test's. Errors of arithmetic are its business as well; anything
        else that is raised, such as a failed assertion, ends the call for the test."""
        try:
            found = self._functions[number](*map(self._inward, arguments))
        except (ArithmeticError, ValueError) as error:
            kind = next(one.__name__ for one in type(error).__mro__ if one.__module__ == "builtins")
            return ["raise", kind, str(error)]
        return ["return", self.outward(found)]

    def outward(self, value: Any) -> Any:
        """What stands for a value of a test's."""
        if isinstance(value, Handle):
            return ["handle", _number_of(value)]
        if isinstance(value, Empty):
            return np.zeros(value.shape)
        if isinstance(value, (np.ndarray, *_PLAIN)):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, list | tuple):
            return ["list" if isinstance(value, list) else "tuple", *map(self.outward, value)]
        if callable(value):
            return ["function", self._number_of_function(value)]
        raise TypeError(f"a student's code can be given numbers, arrays, texts and functions, not {type(value)}")

    def _number_of_function(self, function: Callable[..., Any]) -> int:
        known = next((k for k, one in enumerate(self._functions) if one is function), None)
        if known is None:
            self._functions.append(function)
        return len(self._functions) - 1 if known is None else known

    def _inward(self, answer: list[Any]) -> Any:
        """What a test gets of a value or an object."""
        if answer[0] == "value":
            value = answer[1]
            if isinstance(value, np.ndarray):
                return value.copy() if value.size else Empty(self, value.shape)
            return value
        _, number, description = answer
        if number not in self._handles:
            self._handles[number] = Handle(self, number, description)
        return self._handles[number]


class Student:
    """The student's module: `student.jvp(f, x, v)`."""

    def __init__(self, relayed: Relayed) -> None:
        self.__relayed = relayed
        self.__found: dict[str, Handle] = {}

    def __getattr__(self, name: str) -> Any:
        _require_own(name)
        if name in self.__found:
            return self.__found[name]
        value = self.__relayed.work("name", name)
        if isinstance(value, Handle):
            # A function or class, used again and again. Numbers may change.
            self.__found[name] = value
        return value

    def __repr__(self) -> str:
        return "<the student's module>"


def _refuse(self: Any, *_: Any, **__: Any) -> Any:
    text = f"A number or numbers were expected, your code gave {_said_of(self)}."
    raise _relayed_of(self).over(OfWrongKind(text))


class _NoNumber:
    """What is not taken for a number, for several, or for a truth value."""

    __slots__ = ()

    __array_function__ = _refuse
    """every function of numpy's; the rest of them take it apart by the next"""


def _refuse_order(self: Any, other: object) -> Any:
    # Two objects have no order, which whoever sorts them to print them can live with.
    return NotImplemented if isinstance(other, _NoNumber) else _refuse(self)


for _name in ("array", "float", "int", "complex", "index", "round", "trunc", "bool"):
    setattr(_NoNumber, f"__{_name}__", _refuse)
for _name in ("lt", "le", "gt", "ge"):
    setattr(_NoNumber, f"__{_name}__", _refuse_order)


class Empty(_NoNumber):
    """A list or an array without elements: it has a shape and a length."""

    __slots__ = ("relayed", "shape")
    __array_ufunc__ = _refuse
    __getitem__ = _refuse
    size = 0

    def __init__(self, relayed: Relayed, shape: tuple[int, ...]) -> None:
        self.relayed = relayed
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        yield _refuse(self)

    def __eq__(self, other: object) -> bool:
        plain = other.tolist() if isinstance(other, Empty) else other
        return isinstance(plain, list | tuple) and [*plain] == self.tolist()

    __hash__ = None  # type: ignore[assignment]

    def tolist(self) -> list[Any]:
        """As that of an array."""
        return np.zeros(self.shape).tolist()  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return repr(self.tolist())


class Handle(_NoNumber):
    """An object of the student's code."""

    __slots__ = ("__description", "__number", "__relayed")
    __relayed: Relayed
    __number: int
    __description: str

    __array_ufunc__ = None
    """numpy leaves operators to the handle instead of taking it apart"""

    def __init__(self, relayed: Relayed, number: int, description: str) -> None:
        for name, value in (("relayed", relayed), ("number", number), ("description", description)):
            object.__setattr__(self, f"_Handle__{name}", value)

    def __getattr__(self, name: str) -> Any:
        _require_own(name)
        return self.__relayed.work("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _require_own(name)
        self.__relayed.work("set", self, name, value)

    def __call__(self, *arguments: Any) -> Any:
        return self.__relayed.work("call", self, *arguments)

    def __getitem__(self, index: Any) -> Any:
        return self.__relayed.work("operate", "getitem", self, index)

    def __len__(self) -> int:
        with self.__as_list():
            length = self.__relayed.work("length", self)
        if type(length) is not int or length < 0:
            raise self.__no_list("it says no length")
        if length > _LONGEST:  # for which a list would find room before it has a single one
            raise self.__no_list(f"it says that it has {length} elements, at most {_LONGEST} are counted")
        return length

    def __iter__(self) -> Iterator[Any]:
        length = len(self)
        if not length:
            raise self.__no_list("it says that it has none")
        for first in range(0, length, _AT_ONCE):
            with self.__as_list():
                found = self.__relayed.elements(self, first, min(_AT_ONCE, length - first))
            yield from found

    @contextlib.contextmanager
    def __as_list(self) -> Iterator[None]:
        """What Python says of something that is no list, such as a generator, is no fault in the student's code."""
        try:
            yield
        except StudentError as error:
            if error.kind not in ("TypeError", "KeyError"):
                raise
            raise self.__no_list(error) from None

    def __no_list(self, why: object) -> BaseException:
        return self.__relayed.over(OfWrongKind(f"A list was expected, your code gave {_said_of(self)} ({why})."))

    def __contains__(self, value: Any) -> bool:
        return any(element is value or element == value for element in self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return self.__number

    def __repr__(self) -> str:
        return f"<{self.__description} of the student's>"

    @staticmethod
    def number_of(handle: Handle) -> int:
        """By which it is known outside."""
        return handle.__number

    @staticmethod
    def relayed_of(value: Handle | Empty) -> Relayed:
        """Where it came from."""
        return value.__relayed if isinstance(value, Handle) else value.relayed

    @staticmethod
    def said_of(value: object) -> str:
        """What it is, for a student."""
        return f"an object, {value.__description}" if isinstance(value, Handle) else "something empty"

    @staticmethod
    def answer(operator: str, *operands: Any) -> Any:
        """What an operator of the student's gives, such as `answer("<", a, b)`, whatever that is."""
        relayed = next((operand.__relayed for operand in operands if isinstance(operand, Handle)), None)
        word = (_UNARY if len(operands) == 1 else _BINARY).get(operator)
        if relayed is None or word is None:
            raise TypeError(f"no operator of an object of the student's: {operator!r} of {len(operands)}")
        return relayed.work("operate", word, *operands)


_number_of, _relayed_of, _said_of, answer = Handle.number_of, Handle.relayed_of, Handle.said_of, Handle.answer


def _require_own(name: str) -> None:
    """Python's own names say nothing about a student's work, and whoever looks for them means the proxy."""
    if name.startswith("__"):
        raise AttributeError(name)


_BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow", "@": "matmul",
    "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne",
}  # fmt: skip
_UNARY = {"-": "neg", "+": "pos", "abs": "abs"}


def _operator(sign: str, *, reflected: bool = False) -> Callable[..., Any]:
    def apply(self: Handle, *others: Any) -> Any:
        made = answer(sign, *((*others, self) if reflected else (self, *others)))
        if not isinstance(made, Handle):
            raise _relayed_of(self).over(OfWrongKind(f"An object was expected of `{sign}`, your code gave {made!r}."))
        return made

    return apply


for _sign in ("+", "-", "*", "/", "**", "@"):
    setattr(Handle, f"__{_BINARY[_sign]}__", _operator(_sign))
    setattr(Handle, f"__r{_BINARY[_sign]}__", _operator(_sign, reflected=True))
for _sign, _name in _UNARY.items():
    setattr(Handle, f"__{_name}__", _operator(_sign))
