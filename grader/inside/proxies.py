"""What an author's tests see of a student's code: its names, its objects and its exceptions, all of them elsewhere.

Numbers, arrays and texts come over as they are. Any other object stays where it is, and a Handle stands for it: its
operators, attributes, elements and calls are worked out there. Two handles are equal where they stand for one object;
what the student's `__eq__` would say of it is not asked.
"""

from __future__ import annotations

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
    """There is no such name, or no such attribute."""


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
            case ["missing", number, name]:
                raise StudentAttributeError("AttributeError", f"there is no `{name}` in the submission", number)
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
            return answer[1].copy() if isinstance(answer[1], np.ndarray) else answer[1]
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


class Handle:
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
        return int(self.__relayed.work("length", self))

    def __iter__(self) -> Iterator[Any]:
        length = len(self)
        if length > _LONGEST:
            raise ValueError(f"{self!r} says that it has {length} elements; at most {_LONGEST} are looked at")
        for first in range(0, length, _AT_ONCE):
            yield from self.__relayed.elements(self, first, min(_AT_ONCE, length - first))

    def __contains__(self, value: Any) -> bool:
        return any(element is value or element == value for element in self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return self.__number

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is neither true nor false; compare numbers, such as an attribute of it")

    def __repr__(self) -> str:
        return f"<{self.__description} of the student's>"

    @staticmethod
    def number_of(handle: Handle) -> int:
        """By which it is known outside."""
        return handle.__number


_number_of = Handle.number_of


def _require_own(name: str) -> None:
    """Python's own names say nothing about a student's work, and whoever looks for them means the proxy."""
    if name.startswith("__"):
        raise AttributeError(name)


def _operator(name: str, *, reflected: bool = False) -> Callable[..., Any]:
    def apply(self: Handle, *others: Any) -> Any:
        operands = (*others, self) if reflected else (self, *others)
        return self._Handle__relayed.work("operate", name, *operands)

    return apply


for _name in ("add", "sub", "mul", "truediv", "pow", "matmul"):
    setattr(Handle, f"__{_name}__", _operator(_name))
    setattr(Handle, f"__r{_name}__", _operator(_name, reflected=True))
for _name in ("neg", "pos", "abs", "lt", "le", "gt", "ge"):
    setattr(Handle, f"__{_name}__", _operator(_name))
