# Fills the scratch folder, with files that are each as large as allowed or smaller.
# walls: size of its tmpfs
# expect: raises OSError: No space left
# expect[uid]: files or cpu or time
# limits: wall 3, cpu 2
def f():
    k = 0
    while True:
        k += 1
        with open(f"{k}", "wb") as file: file.write(bytes(8 << 20))
