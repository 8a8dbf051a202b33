# A timer that interrupts every write of the answer a thousand times a second.
# walls: wall clock of the worker
# expect: returns 1.0 or time or cpu
# limits: wall 0.6, cpu 0.4
import signal
def f():
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    return 1.0
