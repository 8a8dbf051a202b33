# Writes to the machine's source of randomness.
# walls: Landlock
# expect: raises PermissionError
def f():
    open("/dev/random", "wb").write(b"x")
