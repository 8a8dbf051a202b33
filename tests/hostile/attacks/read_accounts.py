# Reads the accounts of the machine.
# walls: root directory
# expect: raises FileNotFoundError
def f():
    return open("/etc/passwd").read()
