# Sends a datagram, which needs no answer.
# walls: seccomp, network namespace
# expect: raises PermissionError
# target: udp
import json, socket
def f():
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", tuple(json.load(open("target.json"))))
