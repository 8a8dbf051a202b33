# Opens its own memory as a file, which obeys no protection of pages.
# walls: not dumpable, Landlock
# expect: raises PermissionError
def f():
    return open("/proc/self/mem", "r+b")
