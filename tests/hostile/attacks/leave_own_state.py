# Changes all of its process that a sloppy zygote would share: mask, folder, signals, handlers, timers, positions.
# walls: a child is a process of its own
# expect: returns 1.0
import builtins, os, signal
def f():
    os.umask(0o777)
    os.chdir("/proc")
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    signal.setitimer(signal.ITIMER_REAL, 1000)
    builtins.print = builtins.open = None
    os.ftruncate
    for number in range(5):
        try:
            os.lseek(number, 100, os.SEEK_SET)
        except OSError:
            pass
    return 1.0
