# Becomes another program, which is free of whatever was set up in this one.
# walls: seccomp
# expect: raises PermissionError
import os, sys
def f():
    os.execve(sys.executable, ["python", "-c", "while True: pass"], {"LD_PRELOAD": "/tmp/x.so"})
