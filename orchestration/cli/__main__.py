"""`python -m orchestration.cli`: the command without its console script, for child processes."""

from orchestration.cli import main

main()
