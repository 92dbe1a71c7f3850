"""Commands: parsed arguments come in, what a command prints and its exit code go out."""
