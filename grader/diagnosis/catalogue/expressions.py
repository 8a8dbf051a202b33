"""Notes of wrong numbers: derivative rules applied wrongly, wrong layouts, wrong factors."""

from __future__ import annotations

_SHAPE = (
    "The right numbers in another shape. Which one has what is asked for? A gradient has that of its variable, and "
    "numbers that belong to several constraints stand in one axis."
)
_ONE_FACTOR = "You let only one of the factors vary. Freeze each in turn: what does the other one contribute?"
_RIGHT_FOR_SOME = "Right for some matrices. Which property of the matrix did you use without being told it?"

HINTS = {
    # the right numbers, arranged or scaled otherwise
    "transposed": "The right numbers in the other layout: which index runs over the outputs, which over the variable? "
    "Write down the size of each before you multiply.",
    "layout.row": _SHAPE,
    "layout.column": _SHAPE,
    "layout.flat": _SHAPE,
    "layout.reshaped": "The right numbers in another order: moving axes is not reading memory in rows anew.",
    "layout.reversed": "The right numbers in the opposite order: where does your loop start?",
    "sign": "Exactly the opposite direction: follow the minus sign through the inner bracket.",
    "scale.half": "Everything is half as large as it should be: how many times does the variable occur in the product?",
    "scale.double": "Everything is twice as large as it should be: you count one contribution twice.",
    "scale.minus-double": "Twice as large and in the opposite direction: follow one factor and one sign at a time.",
    "scale.mean": "Off by the number of entries: do you average where the expression sums?",
    "scale.sum": "Off by the number of entries: do you sum where the expression averages?",
    "not-summed": "One entry serves all rows. What becomes of the contribution of each row?",
    "zero": "Your function returns zeros: is it still the starter's stub, or does a factor vanish?",
    # something else than the derivative
    "value": "This is the value of f, not its rate of change in each entry of the variable.",
    "variable": "This is the variable itself: is it still the starter's stub?",
    "wrong-variable": "This is a derivative of f, in another variable. Which one does the task let vary?",
    # products, quotients, powers
    "product.first": _ONE_FACTOR,
    "product.second": _ONE_FACTOR,
    "product.both": "The derivative of a product is not the product of the derivatives. Freeze each factor in turn.",
    "product.all": "Each entry changes the product by the product of the others. Is that what you multiply with?",
    "product.untransposed": "The dimensions agree only because a matrix is square: redo it with a rectangular one.",
    "transpose.dropped": "A transpose got lost on the way: redo the step with a rectangular matrix.",
    "symmetric-only": _RIGHT_FOR_SOME,
    "structured": "You let mirrored entries move together. Here every entry of the matrix is free.",
    "unstructured": "You let every entry move by itself. In a symmetric matrix, which other one moves with it?",
    "structured.missing-diagonal": "Off the diagonal two entries move together. How many are there on it?",
    "minus": "A minus sign reaches every term behind it: follow it into the bracket.",
    "quotient.first": "The denominator varies too. What does it contribute?",
    "quotient.sum": "Of the two terms of a quotient, one is subtracted. Test your rule on 1/x.",
    "quotient.unsquared": "Test your quotient on 1/x: how does its slope shrink when x grows?",
    "quotient.swapped": "Which of the two terms of a quotient comes first? Test your rule on x/1.",
    "power.exponent": "The coefficient came down. What happens to the exponent?",
    "power.coefficient": "The exponent went down. What happens to the coefficient?",
    "power.integral": "You went up a power instead of down: that is the other direction of calculus.",
    "power.unreduced": "Exponent and coefficient both change in one step: which of them is the old exponent?",
    # chains and single functions
    "chain.inner": "The outer derivative is there. What does the variable change inside the bracket?",
    "chain.outer-place": "At which point is the outer derivative taken: at the variable, or at what is inside?",
    "function.undifferentiated": "The inner part is differentiated, the outer function is still itself.",
    "outer.missing": "You differentiated the inside. The outer function is still missing.",
    "trig.sign": "One of sine and cosine changes sign when it is differentiated. Look at their slopes at zero.",
    "trig.unsquared": "Write the tangent as a quotient: what stands in the denominator after differentiating?",
    "exp.power-rule": "Here the variable is in the exponent; the power rule is about a variable in the base.",
    "sqrt.half": "Write the root as a power: which factor comes down?",
    "tanh.unsquared": "Compare your slope at zero and far out with the picture of tanh: what is missing in between?",
    "sigmoid.sign": "The sigmoid rises everywhere. Does your slope?",
    "relu.negative": "Look at the slope on each side of the kink.",
    "abs.sign": "Look at the slope on each side of zero: is it the same?",
    "maximum.both": "At most one of the two decides the value. Who gets the slope?",
    "norm.squared": "This is the derivative of the squared norm. The root outside has a derivative too.",
    "norm.undivided": "How long is your result, and how fast can a length change at most?",
    # matrices
    "inverse.untransposed": "Check one off-diagonal entry by changing a single element of the matrix.",
    "inverse.sign": "Differentiate the product of the matrix and its inverse, which is constant.",
    "inverse.one-factor": "Differentiate the product of the matrix and its inverse: how many inverses are left over?",
    "inverse.entries": "The inverse of a matrix is not made entry by entry. Differentiate A times its inverse instead.",
    "det.factor": "This is the derivative of the logarithm of the determinant. What did the logarithm take away?",
    "logsumexp.first": "Each entry counts by its own exponential: which share of the sum is it?",
    "softmax.normaliser": "The outputs share a normaliser, and it depends on every entry.",
    "softmax.diagonal": "You kept only each output's own input; outputs share a normaliser.",
}
