# A hundred thousand exceptions, each the cause of the next.
# walls: only the last one is reported
# expect: raises ValueError: 99999
def f():
    last = None
    for k in range(100_000):
        error = ValueError(k)
        error.__cause__ = error.__context__ = last
        last = error
    raise last
