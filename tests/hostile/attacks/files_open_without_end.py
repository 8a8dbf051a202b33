# As many descriptors as there can be.
# walls: RLIMIT_NOFILE
# expect: raises OSError: Too many open files
def f():
    kept = []
    while True: kept.append(open("/dev/null"))
