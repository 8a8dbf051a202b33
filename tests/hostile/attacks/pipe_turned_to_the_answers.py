# Puts its answers in the place of its output, so that what it prints is an answer.
# walls: magic number of every frame
# expect: violated
import os
def f():
    os.dup2(4, 1)
    print("1.0", flush=True)
