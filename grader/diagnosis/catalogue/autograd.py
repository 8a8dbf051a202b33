"""Notes of tasks about PyTorch's autograd."""

from __future__ import annotations

_ADDS_UP = "Gradients add up in `.grad` until they are told otherwise. What did it hold before this backward?"
_CONSTANT = "Which factor should be a constant here? Trace both ways from the variable to the result."

FROM_NUMBERS = {
    "cotangent.ones": "Each output was weighed by one. Whose gradient is flowing in, and where do you use it?",
    "cotangent.pushed": "Does your vector live on the input or on the output side? This is J v, asked is v^T J.",
    "detach.missing": f"The gradient flows through the part that is to be held as well. {_CONSTANT}",
    "detach.other": f"The gradient flows through the held part only. {_CONSTANT}",
    "grad.accumulated": _ADDS_UP,
    "grad.overwritten": "What `.grad` held before is lost. Should a second backward replace the first one's gradient?",
    "grad.none": "Nothing arrived in `.grad`. Was `backward` called, and on something computed from this very tensor?",
    "update.rebound": "`w = w - ...` makes a new tensor and gives it the old name; the caller's tensor is as before. "
    "How does one write into the tensor itself?",
    "update.ascent": "The step has the right length and leads uphill. Where does the gradient point?",
    "update.one-by-one": "Some variables have moved already when the gradient of the next one is computed. At which "
    "point do all of them want it?",
    "update.count": "The direction is right. How many steps are taken in all?",
    "update.once": "After many steps it stands where it stood after the first. What is each step computed from?",
}
"""found from numbers"""

HINTS = {
    **FROM_NUMBERS,
    "cotangent.none": "An output with many entries has no single gradient. With which weights do its entries count? "
    "`backward` takes them as an argument.",
    "detach.everything": f"No gradient comes back from what you returned: all of it is cut off. {_CONSTANT}",
    "graph.missing": "No graph was recorded. Which tensor must require a gradient, and from when on?",
    "graph.freed": "The first backward frees the graph. Is a second one needed, or one more forward?",
    "graph.numpy": "numpy records no graph. Can the step be written with operations of torch?",
    "grad.none-yet": "Before the first backward `.grad` is None. What do you clear the first time?",
    "update.no-grad": "Autograd refuses to record a change of a leaf in place. Should this step be recorded at all?",
    "update.requires-grad": "The tensor is to be trained further: who switches its gradient on again?",
    "update.not-leaf": "A leaf is a tensor that was not computed from others. Did the step write into it, or put the "
    "result of a recorded operation in its place?",
    "function.base": "`apply` comes from `torch.autograd.Function`, and so does the way from the result back to your "
    "`backward`. Does your class inherit from it?",
    "function.lost": "No gradient arrived. Does your backward return one for this input, in the order of forward?",
    "function.count": "`backward` returns one gradient for each argument of `forward`, None where there is none. How "
    "many arguments has yours?",
    "function.none": "A number has no gradient: which of the arguments of `forward` are no tensors?",
    "function.needs": "`ctx.needs_input_grad` says for each input whether its gradient is wanted. Do you ask it?",
    "function.view": "`view` needs memory without gaps. The gradient that comes in may lie in any way; what does "
    "`reshape` do?",
    "function.in-place": "The gradient that comes in belongs to others, and may be one number repeated. Do you change "
    "it in place?",
    "function.once": "Autograd must see what backward computes. Are its numbers tensors from `ctx.saved_tensors`, and "
    "its steps operations of torch?",
    "inplace.saved": "A tensor that the backward needs was changed after it had been saved. Which step changes it in "
    "place?",
}  # fmt: skip
"""all of them"""
