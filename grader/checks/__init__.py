"""One file per task kind: what to ask of the student's code, and how to judge the reply.

A kind is a module with

    shares(task) -> list[(check id, share)]  which checks there are, before anything is run
    alone(task) -> tuple[check id]           those whose code runs in a child of its own, so that only they suffer
    plan(task, bundles, rng, checks) -> Plan the probes to run for some of its checks
    judge(plan, run) -> list[Judgement]      one for every check of the plan
    further(plan, judgements) -> Plan        more to ask about checks that are not decided, None where all are
    settle(judgements, more, task) -> list   the judgements, with what came of that
    misconceptions(task)                     the wrong answers its author expects

A plan holds probes, or it is an `AuthoredPlan`: tests of an author's own, which are run in the place of probes.
"""
