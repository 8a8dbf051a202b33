# Looks for secrets in the environment that the process was started with.
# walls: the zygote is started with a fixed environment; not dumpable
# expect: raises PermissionError or returns 0
def f():
    text = open("/proc/self/environ", "rb").read()
    return sum(word in text for word in (b"SECRET", b"DATABASE", b"REDIS", b"USER="))
