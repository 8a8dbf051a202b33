"""Functions that remember what they were called with."""


def recorded(function):
    calls = []

    def called(x):
        calls.append(x)
        return function(x)

    return called, calls
