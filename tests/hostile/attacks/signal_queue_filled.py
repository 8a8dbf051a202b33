# Queues signals that carry their number, which the kernel keeps for a user and not for a process.
# walls: RLIMIT_SIGPENDING
# expect: raises BlockingIOError
import signal, threading
def f():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    for _ in range(10_000): signal.pthread_kill(threading.get_ident(), signal.SIGRTMIN)
