# Threads without end, each asleep.
# walls: RLIMIT_NPROC and RLIMIT_DATA
# expect: raises RuntimeError: can't start new thread
# limits: wall 12, cpu 1, memory 900
import threading, time
def f():
    while True: threading.Thread(target=time.sleep, args=(60,)).start()
