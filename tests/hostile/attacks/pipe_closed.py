# Closes the pipe of its answers.
# walls: an answer that cannot be sent ends the child
# expect: died
import os
def f():
    os.close(4)
