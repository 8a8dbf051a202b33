"""Constrained problems on torch: values and derivatives of many points at once, for searches."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import torch

from reference.lagrangian import Constrained
from reference.numeric import as_array, evaluate
from reference.points import Array
from reference.tensors import to_array


class Differentiable(Constrained):
    """The same problem, with functions of tensors, and second derivatives that cost no more than first ones."""

    def parts(self, x: Any) -> tuple[Any, Any]:
        """f () and g (m,) at one point, as tensors."""
        values: dict[str, Any] = {self.unknown: x}
        for name, expression in self.lets:
            values[name] = evaluate(expression, values, torch)
        f = as_array(evaluate(self.f, values, torch), torch)
        g = [as_array(evaluate(constraint, values, torch), torch).reshape(()) for constraint in self.constraints]
        return f, torch.stack(g) if g else torch.zeros(0, dtype=torch.float64)

    def _lagrangian(self, z: Any) -> Any:
        f, g = self.parts(z[: self.size])
        return f + self.sign * torch.sum(z[self.size :] * g)

    def system_of(self, z: Any) -> Any:
        """F at a tensor (d + m,): for batches and further differentiation."""
        slope = torch.func.grad(self._lagrangian)(z)[: self.size]
        return torch.cat([slope, self.parts(z[: self.size])[1]])

    def slopes_of(self, x: Any) -> Any:
        """grad f and below it the Jacobian of g, (1 + m, d), at a tensor (d,)."""
        return torch.func.jacrev(lambda t: torch.cat([self.parts(t)[0].reshape(1), self.parts(t)[1]]))(x)

    @cached_property
    def _system_jacobian(self) -> Callable[[Any], Any]:
        return torch.func.jacrev(self.system_of)

    def _jacobians(self, points: Array) -> Array:
        return to_array(torch.func.vmap(self._system_jacobian)(torch.from_numpy(np.array(points))))

    def _slopes_at(self, points: Array) -> Array:
        return to_array(torch.func.vmap(self.slopes_of)(torch.from_numpy(np.array(points))))
