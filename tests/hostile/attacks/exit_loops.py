# Ends well and then never: handlers of the exit, threads and finalizers that go on.
# walls: a child is killed after its last answer
# expect: returns 1.0
import atexit, threading, weakref
def loop():
    while True: pass
class Last: pass
last = Last()
weakref.finalize(last, loop)
atexit.register(loop)
def f():
    threading.Thread(target=__import__("time").sleep, args=(60,)).start()
    return 1.0
