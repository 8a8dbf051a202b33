"""Notes of numerical differentiation, found by where f was looked at and how the values depend on the step."""

from __future__ import annotations

HINTS = {
    "forward-for-central": "Your error halves when h is halved. What does the scheme that was asked for gain by "
    "looking at both sides?",
    "scheme.other": "Write down the places at which the scheme of the task looks at f, then print yours beside them.",
    "step.ignored": "The distance between two looks at f is not the h that you were given. Where does yours come from?",
    "step.lost": "Can the array that you add h to hold x + h? Look at its dtype, and at whether you keep the result.",
    "step.too-small": "Subtracting two nearly equal numbers leaves few digits. Is a smaller h always better?",
    "step.too-large": "The curve bends inside your step. What does the error do when you make it smaller?",
    "perturbation.kept": "After one entry was measured, is x back where it was?",
    "evaluations": "Which values of f do you compute more than once?",
    "order.lower": "Write down the Taylor series at each place: which terms cancel in the scheme that was asked for?",
}
