"""Notes of operators on functions: the wrong product, sums that go on, and methods that are none of differentiation."""

from __future__ import annotations

_SIDE = "Does your vector live on the input side or on the output side? A jvp takes n numbers, a vjp takes m of them."

FROM_NUMBERS = {
    "jvp-for-vjp": _SIDE,
    "vjp-for-jvp": _SIDE,
    "cotangent.ones": "The right numbers for a cotangent of ones. Where does u enter your sweep back?",
    "cotangent.first": "Only the first output contributes. What does each of the other outputs pass back?",
    "cotangent.spread": "Every output was given the sum of all cotangents. Which entry of u belongs to which output?",
    "direction.ones": "The right numbers for a direction of ones. Where does v enter your computation?",
    "jacobian-for-jvp": "This is the whole Jacobian. What is asked for is its product with one vector.",
    "rows-accumulated": "Each row holds the sum of the rows so far. What must happen to the gradients between two "
    "sweeps?",
    "seeds-kept": "Each derivative holds the sum of those before it. What must the derivative of the other inputs be "
    "while you differentiate along one of them?",
    "not-accumulated": "One contribution replaced another. A number that is used twice gets a contribution from each "
    "use: what happens to the first one?",
    "gradient-for-hvp": "This is the gradient, a first derivative. Along v it changes: how fast?",
    "gradient-times-direction": "This is the gradient weighed by v, a first derivative. Differentiate once more.",
    "hvp.diagonal": "Only the diagonal of the Hessian contributes. Which other second derivatives are there?",
    "first-derivative": "This is the first derivative. How is the operator applied to what it has made itself?",
    "slope-squared": "The derivative of the derivative is not its square. Which function is differentiated the second "
    "time?",
}

HINTS = {
    "constants-not-lifted": "Somewhere a plain number meets code that expects one of yours. Try a constant on either "
    "side, as in 2*x, 1-x and 1/x: what is a constant as one of your numbers?",
    "f-not-called": "What do you know about f without calling it?",
    "plain-numbers": "Which class of yours carries a derivative along? Is x of that class when f gets it?",
    "complex-step": "Complex numbers imitate dual numbers, and f may hold what they cannot do. What would your own "
    "class do instead?",
    "calls.extra": "There is one call more than needed. Does what you look for in it come back from another one?",
    "calls.twice": "Every call is made twice. Can value and derivative come from one?",
    "calls.swapped": "One forward sweep gives a column of the Jacobian, one sweep back a row. Which of the two do you "
    "have here, and which is asked for?",
    "calls.rebuilt": "There is a call for every output. Can several sweeps back go over one graph?",
    "calls.columns": "There is a call for every entry of x. Can one call carry a whole direction along?",
    "calls.one": "A single call for the whole Jacobian: that is another method than the one asked for. What does one "
    "sweep of the method asked for give?",
    "calls.differences": "One call at x and one for every entry: is that a difference in disguise?",
    "calls.both-sides": "Two calls for every entry: is that a difference in disguise?",
    "calls.entries": "One call for every entry of the Jacobian. How many entries does one sweep give?",
    "calls.more": "Count the sweeps that are needed. Which of your calls repeats one?",
    "calls.fewer": "There are fewer sweeps than the method has that the task asks for. Is it the method it names?",
    "direction.zero": "Is something divided by the vector or its length?",
    "direction.nonlinear": "A product may not depend on the vector in any other way than linearly. Is it squared, "
    "normalised or rounded somewhere?",
    "adjoint": "Check both products against a Jacobian that you know, such as that of A x.",
    "kink": "Look at the slope on each side: how does your function decide on which side x lies?",
    "perturbation-confusion": "Inner and outer derivative share a marker. How can a dual number tell for which "
    "variable its epsilon stands?",
    "nested-constant": "The inner derivative depends on the outer variable too. Is it still one of your numbers when "
    "it is returned?",
}
