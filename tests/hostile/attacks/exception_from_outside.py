# Raises SystemExit in the thread that reports, in the middle of its report.
# walls: control never returns to the zygote
# expect: died or raises SystemExit or returns 1.0
import ctypes, sys, threading, time
main = threading.main_thread().ident
def throw():
    while True:
        frame, inside = sys._current_frames()[main], False
        while frame:
            inside |= frame.f_code.co_filename.startswith("/tmp/")
            frame = frame.f_back
        if not inside:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), ctypes.py_object(SystemExit))
def f():
    sys.setswitchinterval(1e-6)
    threading.Thread(target=throw, daemon=True).start()
    return 1.0
