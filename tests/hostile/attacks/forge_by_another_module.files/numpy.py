raise SystemExit("ours")
