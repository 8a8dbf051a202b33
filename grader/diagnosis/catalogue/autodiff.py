"""Notes of programs that differentiate."""

from __future__ import annotations

_TOO_EARLY = "A node passed on its gradient before it had received all of it. Which nodes have to be finished first?"

HINTS = {
    "eps-squared": "What is eps times eps? One term of your product should not be there.",
    "tangent-ignored": "The rule of the outer function is there. Which derivative does the argument bring along?",
    "power-rules": "Two rules are needed: one for a variable base, one for a variable exponent.",
    "not-accumulated": "The node is reached by two paths. What happens to the first contribution when the second one "
    "arrives?",
    "incoming-ignored": "You assumed that the node is the last one. What has flowed back to it from there on?",
    "not-topological": _TOO_EARLY,
    "intermediates-not-reset": "Leaves add up over several passes. Should the nodes between still remember "
    "the last one?",
    "leaves-reset": "After a second pass a leaf holds the sum of both. Who sets it to zero, and who should "
    "decide that?",
    "perturbation-confusion": "Inner and outer derivative share a marker. Whose derivative is it that you read off?",
}
"""recognised from numbers"""

CONDITIONS = {
    "constants-not-lifted": "Try the constant on the other side: 2*x, 1-x and 1/x call methods of their own, and a "
    "plain number y stands for y + 0 eps.",
    "power-rules": HINTS["power-rules"],
    "mutates-operand": "Does an operation change `self`, where it should make a new number?",
    "gradient-missing": "Which value does a gradient have before anything has flowed back?",
    "not-reset": "A fresh computation starts with yesterday's sum. Where is it kept, and who empties it?",
    "exponential-traversal": "Shared nodes are visited once for every path. How many paths are there after 40 "
    "doublings, and how many nodes?",
    "recursion-depth": "The graph is longer than the stack of calls. Can a loop with a list of its own walk it?",
    "complex-step": "The digits are right, and yet it is a step that is taken: a derivative is linear in the one that "
    "arrives, for all sizes. Which rule gives that without any step?",
    "imported-autograd": "The task asks for the rules themselves. What does the library do for one operation?",
    "tape-superlinear": "What does each node store: its operands, or everything before them as well?",
    "no-tape": "Reverse mode records what was computed and walks back. Where is your record?",
    "tape-kept": "A dual number needs nothing of what was before it. What do you keep?",
}
"""recognised by how a check ended"""
