# Half a frame, and nothing more.
# walls: wall clock of the worker
# expect: time
# limits: wall 0.4
import os, time
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.REPLY, [0, ["replies", []]])[:-3])
    time.sleep(60)
