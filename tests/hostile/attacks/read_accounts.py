# Reads the accounts of the machine.
# walls: root directory
# expect: raises FileNotFoundError
# expect[uid]: raises PermissionError
def f():
    return open("/etc/passwd").read()
