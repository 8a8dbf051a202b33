"""Sentences about numerical differentiation: where f was looked at, how often, and how fast the error falls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, Any]

_SCHEMES = {
    "forward": "forward differences look at f(x) and f(x + h)",
    "central": "central differences look at f(x + h) and f(x - h)",
    "complex-step": "the complex step looks at f(x + ih) alone",
}


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _share(relative: float) -> str:
    return f"{100 * relative:.2g} %" if relative >= 1e-4 else f"a part in {1 / relative:.1g}" if relative else "nothing"


def _other_scheme(facts: Facts) -> str:
    return (
        f"In every entry, {_SCHEMES[facts['scheme']]}. Your function looked at f as for {facts['came']}"
        f"{' differences' if facts['came'] in ('forward', 'backward', 'central') else ''}."
    )


def _other_step(facts: Facts) -> str:
    return f"The step that was asked for is h = {facts['step']:.3g}; your function moved x by {facts['own']:.3g}."


def _no_scheme(facts: Facts) -> str:
    return (
        f"In every entry, {_SCHEMES[facts['scheme']]}. The {facts['count']} places at which your function looked at f "
        "are not these."
    )


def _order(facts: Facts) -> str:
    return f"When h is halved, the error should fall by a factor of {2 ** facts['order']:g} (order {facts['order']:g})"


def _too_often(facts: Facts) -> str:
    size = f" for {facts['size']} entries of x" if facts["size"] > 1 else ""
    return f"f was called {facts['count']} times{size}; {facts['allowed']} calls are enough. Which ones can be shared?"


def _digits(relative: float) -> int:
    """That are right, with this error."""
    return max(0, int(-math.log10(relative) + 1e-9)) if relative else 16


def _not_close(facts: Facts) -> str:
    return (
        f"A relative error of at most {facts['accuracy']:g} was asked for, yours is {facts['relative']:.2g} "
        f"at the worst of {facts['of']} points ({_digits(facts['relative'])} right digits instead of "
        f"{_digits(facts['accuracy'])})"
    )


SENTENCES: dict[str, Callable[..., str]] = {
    "scheme_used": lambda f: f"f was looked at where it should be: {_SCHEMES[f['scheme']]}.",
    "other_scheme": _other_scheme,
    "other_step": _other_step,
    "no_scheme": _no_scheme,
    "never_evaluated": lambda f: (
        "Your function never called f, so its numbers say nothing about f. Call it at the places that the scheme names."
    ),
    "never_moved": lambda f: (
        f"Your function called f {_times(f['count'])} and always at x itself: what was added to x was lost on the way."
    ),
    "moved_together": lambda f: (
        "Several entries of x were moved at once. One entry at a time: is x as it was before the next one is moved?"
    ),
    "not_about_f": lambda f: (
        "f was looked at as it should be, but what your function returns is no derivative of it, so the method earns "
        "nothing."
    ),
    "too_often": _too_often,
    "seldom_enough": lambda f: f"f was called {_times(f['count'])}; at most {_times(f['allowed'])} was asked for.",
    "order_reached": lambda f: f"{_order(f)}: observed order {f['observed']:.2f}.",
    "order_lower": lambda f: (
        f"{_order(f)}; observed was an order of {f['observed']:.2f}, a factor of {2 ** f['observed']:.2g}."
    ),
    "order_higher": lambda f: (
        f"{_order(f)}; observed was an order of {f['observed']:.2f}: this is another scheme than the one asked for."
    ),
    "diverges": lambda f: f"{_order(f)}; the values of your function grow as h falls. What are they divided by?",
    "order_hidden": lambda f: (
        f"{_order(f)}; the values of your function hardly change with h. Does it use the h that it is given?"
    ),
    "converges": lambda f: (
        f"The values approach the derivative as h falls; at the smallest h they are off by {_share(f['relative'])}."
    ),
    "converges_elsewhere": lambda f: (
        f"As h falls, the values approach something else than the derivative: off by {_share(f['relative'])}."
    ),
    "close_enough": lambda f: (
        f"Right to a relative error of {f['relative']:.2g} at all {f['of']} points; {f['accuracy']:g} was asked for."
    ),
    "not_close": lambda f: f"{_not_close(f)}.",
    "step_too_small": lambda f: f"{_not_close(f)}, where it moved x by {f['step']:.1g}.",
    "step_too_large": lambda f: f"{_not_close(f)}, where it moved x by {f['step']:.1g}.",
}
