"""One file per task kind: what to ask of the student's code, and how to judge the reply.

A kind is a module with

    plan(task, bundle, rng, checks) -> Plan  the probes to run for some of its checks
    judge(plan, run) -> list[Judgement]      one for every check
    shares(task) -> list[(check id, share)]  which checks there are, before anything is run
    misconceptions(task)                     the wrong answers its author expects
"""
