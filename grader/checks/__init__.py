"""One file per task kind: what to ask of the student's code, and how to judge the reply.

A kind is a module with

    plan(task, bundle, rng, checks) -> Plan  the probes to run for some of its checks
    judge(plan, run) -> list[Judgement]      one for every check
    further(plan, judgements) -> Plan        more to ask about checks that are not decided, None where all are
    settle(judgements, more, task) -> list   the judgements with those decided
    shares(task) -> list[(check id, share)]  which checks there are, before anything is run
    misconceptions(task)                     the wrong answers its author expects
"""
