"""Notes of numerical differentiation: of where f was looked at, and of the numbers that were made of it."""

from __future__ import annotations

FROM_NUMBERS = {
    "step.distance": "How far apart are the two places at which you look at f?",
    "step.undivided": "This is by how much f changes. How does a rate of change come from it?",
}

HINTS = {
    "forward-for-central": "Your error halves when h is halved. What does the scheme that was asked for gain by "
    "looking at both sides?",
    "scheme.other": "Write down the places at which the scheme of the task looks at f, then print yours beside them.",
    "step.ignored": "The distance between two looks at f is not the h that you were given. Where does yours come from?",
    "step.lost": "Can a number of the size and dtype of x hold x + h? Print x + h - x.",
    "step.too-small": "Subtracting two nearly equal numbers leaves few digits. Is a smaller h always better?",
    "step.too-large": "The curve bends inside your step. What does the error do when you make it smaller?",
    "perturbation.kept": "After one entry was measured, is x back where it was?",
    "evaluations": "Which values of f do you compute more than once?",
    "order.lower": "Write down the Taylor series at each place: which terms cancel in the scheme that was asked for?",
}
