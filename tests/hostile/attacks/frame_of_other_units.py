# Reports on files that it was not sent.
# walls: labels are compared
# expect: violated
import os
from grader.sandbox import wire
os.write(4, wire.frame(wire.Kind.LOADED, [[["other.py", "ok", "", "", [], []]], ["f"]]))
while True: pass
