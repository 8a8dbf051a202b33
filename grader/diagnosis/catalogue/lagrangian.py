"""Notes about Lagrangians: signs and multipliers, constraints, types of points, and lists of them."""

from __future__ import annotations

_SIGN = "Your multipliers have the other sign convention; the sheet defines one. How is L written there?"
_SHARED = "Each constraint pulls with its own strength. How many multipliers does your Lagrangian have?"
_MISSING = "What keeps the point on the constraints? Look for the term of L, or the equation, that says so."
_CONSTANT = "What value must the constraint take? Look for the number that was left behind on the other side."

HINTS = {
    "lambda.sign": _SIGN,
    "lambda.shared": _SHARED,
    "lambda.separate": "You found each multiplier as if its constraint were the only one. Where two gradients are not "
    "perpendicular, who carries which part?",
    "lambda.inverse": "Which of the two gradients is the multiple of the other one: that of f or that of g?",
    "constraint.missing": _MISSING,
    "constraint.constant": _CONSTANT,
    "constraint.squared": "That is a penalty. In L the constraint itself is weighed, not its square: what would the "
    "derivative of L in lambda be?",
    "objective.missing": "Your L weighs the constraints. Where is what is to be made small or large?",
    "system.sign": "The last entries have the opposite sign. The task asks for the constraints themselves there, not "
    "for the derivative of L in the multipliers: which sign does L give them?",
    "system.halved": "The gradient in x is half as large as it should be, the constraints are right. What is the "
    "derivative of a square, or of a quadratic form?",
    "system.negated": "The gradient in x has the opposite sign. That leaves its zeros alone, but the task asks for the "
    "gradient itself.",
    "system.order": "The right equations in another order. Which unknown does each equation belong to?",
    "system.incomplete": "How many unknowns are there, the multipliers included? So many equations are needed.",
    "sensitivity.sign": "Relax the constraint a little: does the best value rise or fall?",
}
"""of notes that are found from numbers"""

CONDITIONS = {
    **{note: HINTS[note] for note in ("lambda.sign", "lambda.shared", "lambda.inverse")},
    "lambda.order": "The right multipliers in another order. Which constraint does the sheet name first?",
    "lambda.one-sign": "The sizes are right, one sign is not. Follow that constraint's sign through its derivative.",
    "rounded": "The digits stop early. Were they copied from rounded ones, or did an iteration stop too soon? Keep all "
    "digits, or write the closed form.",
    "constraint.missing": _MISSING,
    "constraint.one-missing": "Some of the constraints hold, others do not. Is there an equation for each of them?",
    "constraint.constant": _CONSTANT,
    "constraint.scaled": "The direction is right, the length is not. What does the constraint say about it?",
    "lagrangian.descent": "The numbers run off. The point you look for is not a minimum of L in all of its unknowns: "
    "what does L do when only the multiplier moves?",
    "extremum.other": "This is a stationary point, but compare its value with another one: is it the greatest or the "
    "least nearby?",
    "extremum.saddle": "This is a stationary point, but along the constraint f rises one way and falls another. Which "
    "other branches (signs) do the equations have?",
    "extremum.local": "It is the least value nearby. There is a feasible point with a smaller one: which other "
    "branches (signs) do the equations have?",
    "stationary.subset": "Your list satisfies the equations. Are there other branches (signs)?",
    "stationary.divided": "You divided by something that may vanish. What if it does?",
    "stationary.duplicate": "Two entries of the list are the same point. Which of two branches did you follow twice?",
    "classify.unconstrained": "Only directions along the constraint matter. Which are those, and how does the Hessian "
    "of L act on them?",
    "classify.bordered": "How does the sign rule of the bordered minors depend on the number of constraints?",
    "classify.swapped": "Minima and maxima are exchanged. Try the rule on a problem whose answer you can see.",
    "classify.constant": "The answer is the same for every point. What does it depend on?",
    "tangent.infeasible": "Parallel gradients are not enough. On which points is the question asked at all?",
    "tangent.feasible": "That the constraint holds is not enough. What must its gradient do?",
    "tangent.division": "Compare directions without dividing: what happens where an entry is zero?",
    "tangent.constant": "The answer is the same for every point. What does it depend on?",
}
"""of notes that the checks find by themselves"""
