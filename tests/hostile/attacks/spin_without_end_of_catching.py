# Ignores every signal that can be ignored and catches whatever is thrown at it.
# walls: SIGKILL by pidfd
# expect: cpu
# limits: wall 12, cpu 0.2
import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
def f():
    while True:
        try:
            while True: pass
        except BaseException:
            pass
