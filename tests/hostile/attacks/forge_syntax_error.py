# Code that ran says that it is no Python, which would end the grading without a score and without an attempt.
# walls: whether it is Python is looked at once more, where nothing of it runs
# expect: wrong
import sys
from grader.sandbox import wire
frame = sys._getframe()
while "pipes" not in frame.f_locals: frame = frame.f_back
frame.f_locals["pipes"].send(wire.Kind.LOADED, [[["solution.py", "syntax", "SyntaxError", "no fault", [["solution.py", 1]], []]], []])
while True: pass
