# Reads the accounts of the machine.
# walls: root directory
# expect: raises FileNotFoundError
# expect[owned]: raises PermissionError
def f():
    return open("/etc/passwd").read()
