# As many files as there can be.
# walls: inodes of its tmpfs
# expect: raises OSError: No space left
# expect[uid]: files or cpu or time
def f():
    for k in range(100_000): open(f"{k}", "w").close()
