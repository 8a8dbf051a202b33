"""Workers: grading by lease, making revisions ready, the reconciler and the watchdog."""
