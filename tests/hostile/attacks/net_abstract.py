# Connects to a socket that has a name and no file, which no root directory hides.
# walls: seccomp, network namespace, Landlock
# expect: raises PermissionError
# target: abstract
import json, socket
def f():
    socket.socket(socket.AF_UNIX).connect(json.load(open("target.json")))
