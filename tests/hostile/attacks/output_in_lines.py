# Prints without end.
# walls: bytes counted by the worker
# expect: output
# limits: wall 12, cpu 8
def f():
    while True: print("y" * 10_000)
