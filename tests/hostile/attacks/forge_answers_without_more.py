# Answers with a value alone, without a word about its arguments.
# walls: the number of values is compared
# expect: wrong
import os, sys
from grader.sandbox import wire
import numpy as np
frame = sys._getframe()
while "pipes" not in frame.f_locals: frame = frame.f_back
pipes = frame.f_locals["pipes"]
pipes.send(wire.Kind.LOADED, [[["solution.py", "ok", "", "", [], []]], ["grad_dot", "grad_quadratic"]])
probes = next(value for kind, value in pipes._waiting or [pipes.receive()] if kind == wire.Kind.PROBES)
for k, probe in enumerate(probes):
    pipes.send(wire.Kind.REPLY, [k, ["replies", [["array", probe[1][1], ""]] if len(probe) > 1 else []]])
while True: pass
