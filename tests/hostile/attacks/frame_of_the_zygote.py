# Speaks as the zygote does, which tells how a child ended and what it used.
# walls: a child's pipe has three kinds of frames
# expect: violated
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.ENDED, [1, 0, "", 0.0, 0, True]))
