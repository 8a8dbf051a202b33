# An exception whose text takes for ever to make, in the code that reports it.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
class Slow(Exception):
    def __str__(self):
        while True: pass
def f():
    raise Slow
