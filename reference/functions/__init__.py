"""The functions and operators of the language: one row each. A further function is a further row."""

from __future__ import annotations

from reference.functions.arrays import ARRAYS
from reference.functions.elementwise import ELEMENTWISE
from reference.functions.operators import OPERATORS
from reference.functions.row import Function, Mutation, Written

__all__ = ["FUNCTIONS", "Function", "Mutation", "Written"]

FUNCTIONS = {row.name: row for row in (*OPERATORS, *ELEMENTWISE, *ARRAYS)}
