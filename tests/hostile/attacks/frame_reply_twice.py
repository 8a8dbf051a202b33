# Two answers to one question.
# walls: no more answers than questions
# expect: violated
# calls: 3
import os
count = 0
def f():
    global count
    count += 1
    if count == 2:
        from grader.sandbox import wire
        one = wire.frame(wire.Kind.REPLY, [1, ["replies", [["none", None, ""]]]])
        os.write(4, one + one)
        while True: pass
