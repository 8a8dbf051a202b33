"""`kind: autograd`: `schema` has its keys, `reader` reads them, `rules` says what must hold, `parts` is mathematics."""

from __future__ import annotations

from grader.specs.autograd.reader import read as read
from grader.specs.autograd.schema import AutogradSpec

SPEC = AutogradSpec
