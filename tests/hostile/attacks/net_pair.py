# A pair of sockets, over which descriptors can be passed.
# walls: seccomp
# expect: raises PermissionError
import socket
def f():
    return socket.socketpair()
