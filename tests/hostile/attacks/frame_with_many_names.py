# Says that its module defines a hundred thousand functions nearly of the name that is asked for. Each would be compared
# with it to find the nearest, in the worker, where no limit holds.
# walls: no more names than an honest child would send
# expect: violated
import os
from grader.sandbox import wire
names = [f"grad_qaudratc{k:x}" for k in range(100_000)]
rest = memoryview(wire.frame(wire.Kind.LOADED, [[["solution.py", "ok", "", "", [], []]], names]))
while rest: rest = rest[os.write(4, rest):]
while True: pass
