# Puts its output in the place of its answers.
# walls: wall clock of the worker
# expect: time
# limits: wall 0.4
import os
def f():
    os.dup2(1, 4)
