# Looks up names that are not there, each remembered by the kernel for the whole machine.
# walls: CPU time
# expect: cpu or time
# limits: wall 0.5, cpu 0.2
import os
def f():
    k = 0
    while True:
        k += 1
        os.access(f"/nabla/packages/numpy/{k}", 0)
