# The same over the newer protocol.
# walls: seccomp, network namespace, Landlock
# expect: raises PermissionError
# target: tcp6
import json, socket
def f():
    socket.socket(socket.AF_INET6).connect(tuple(json.load(open("target.json"))))
