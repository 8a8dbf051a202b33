# Connects to a service of the machine.
# walls: seccomp, network namespace, Landlock
# expect: raises PermissionError
# target: tcp
import json, socket
def f():
    socket.create_connection(tuple(json.load(open("target.json"))), 1)
