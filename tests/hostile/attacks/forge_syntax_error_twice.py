# coding: idna
# The same where the second look imports a module of the student's: the one that reads the encoding of the file.
# walls: where nothing is to run, nothing that was handed in can be imported
# expect: wrong
import sys
from grader.sandbox import wire
frame = sys._getframe()
while "pipes" not in frame.f_locals: frame = frame.f_back
frame.f_locals["pipes"].send(wire.Kind.LOADED, [[["solution.py", "syntax", "SyntaxError", "no fault", [["solution.py", 1]], []]], []])
while True: pass
