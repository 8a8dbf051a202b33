# Answers while its file is still being loaded, and leaves.
# walls: one frame of a kind when it is due
# expect: violated
import os
from grader.sandbox import wire
os.write(4, wire.frame(wire.Kind.REPLY, [0, ["replies", [["none", None, ""]]]]))
os._exit(0)
