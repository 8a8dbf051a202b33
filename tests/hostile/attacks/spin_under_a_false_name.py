# Names its process so that whoever splits /proc/PID/stat at blanks or brackets reads other numbers.
# walls: the zygote reads the fields after the last bracket
# expect: cpu
# limits: wall 12, cpu 0.2
import ctypes
def f():
    ctypes.CDLL(None).prctl(15, b") R 0 0 0 0 0 0", 0, 0, 0)
    while True: pass
