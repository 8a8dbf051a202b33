# Waits with a name for the next submission.
# walls: seccomp
# expect: raises PermissionError
import socket
def f():
    waiting = socket.socket(socket.AF_UNIX)
    waiting.bind("\0left")
    waiting.listen()
