# Folders in folders, for whoever cleans up by recursion.
# walls: inodes of its tmpfs, which goes with its namespace
# expect: raises OSError: No space left
# expect[uid]: files
# limits: wall 12, cpu 2
import os
def f():
    while True:
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
