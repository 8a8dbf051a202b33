# A timer whose handler raises after the function has returned, in the middle of the child's own loop.
# walls: control never returns to the zygote
# expect: died
# calls: 2
import signal, time
def out(*_):
    raise GeneratorExit
count = 0
def f():
    global count
    count += 1
    signal.signal(signal.SIGALRM, out)
    if count == 2:
        import sys
        sys.stdout = Slow()
    return 1.0
class Slow:
    def flush(self):
        signal.signal(signal.SIGPROF, out)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        import os
        try:
            time.sleep(1)
        except BaseException:
            os._exit(70)
