# Processes that make processes.
# walls: seccomp
# expect: raises PermissionError
import os
def f():
    while True: os.fork()
