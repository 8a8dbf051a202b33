"""Notes of programs that differentiate."""

from __future__ import annotations

_TOO_EARLY = "A node passed on its gradient before it had received all of it. Which nodes have to be finished first?"

_COPIES = "The operand was copied along an axis to fit the other one. Its gradient must come back from every copy."

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
    "not-unbroadcast": _COPIES,
    "wrong-axis": "Two kinds of axes come about when shapes are fitted to one another: those put in front, and "
    "those of length one that were stretched. Along which axes do you add up here?",
    "lost-keepdims": "The numbers are added up along the right axis, and then that axis is gone. How long was it "
    "in the operand?",
    "matmul.untransposed": "Rows and columns of a factor change places on the way back. Write down the shapes of the "
    "three arrays: they force the formula.",
    "matmul.stacks": "The two last axes of a stack are those of its matrices. Which axes does your transpose move?",
    "matmul.order": "Factors of a matrix product do not change places. On which side of what arrives does the other "
    "factor stand?",
    "matmul.elementwise": "A matrix product is not a product of entries. Which entries of the result does one entry "
    "of a factor go into?",
    "sum.axis": "What arrives is handed to every entry that was added up into it. Along which axis were they added up?",
    "sum.unspread": "Many entries were put together into one. What does each of them receive?",
    "max.everywhere": "Move an entry that is not the largest a little: does the maximum move?",
    "transpose.reshape": "Moving axes is undone by moving them back, not by reading the same numbers in another shape.",
    "transpose.inverse": "The axes were moved to new places. Which order of axes brings them back to their old ones?",
    "reshape.kept": "The entries arrive in the new shape. In which shape does the operand wait for them?",
    "reshape.transposed": "A reshape keeps the entries in the order in which they are read. Does yours, on its way "
    "back?",
}
"""recognised from numbers"""

CONDITIONS = {
    "not-unbroadcast": _COPIES,
    "overflow": "The formula is right, but a large number on the way is too large to be written down. What can be "
    "taken off all entries before the exponential, without changing the result?",
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
