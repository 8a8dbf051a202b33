# Connects to a socket that is a file, as a container engine has one.
# walls: seccomp, root directory
# expect: raises PermissionError
# target: unix
import json, socket
def f():
    socket.socket(socket.AF_UNIX).connect(json.load(open("target.json")))
