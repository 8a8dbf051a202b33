# Answers every question itself, with zeros and the word that its arguments are unchanged, and leaves.
# walls: values are compared outside
# expect: wrong
import os, sys
frame = sys._getframe()
while "pipes" not in frame.f_locals: frame = frame.f_back
pipes, wire = frame.f_locals["pipes"], sys.modules["grader.sandbox.wire"]
import numpy as np
yes = ["number", np.array(True), ""]
pipes.send(wire.Kind.LOADED, [[["solution.py", "ok", "", "", [], []]], ["grad_dot", "grad_quadratic"]])
probes = next(value for kind, value in pipes._waiting or [pipes.receive()] if kind == wire.Kind.PROBES)
for k, probe in enumerate(probes):
    answer = np.zeros_like(probe[0][1]) if len(probe) > 1 else None
    claims = [["array", np.zeros(probe[1][1].shape), ""], yes, yes] if len(probe) > 1 else []
    pipes.send(wire.Kind.REPLY, [k, ["replies", claims]])
os._exit(0)
