"""Commands: one file per `auriga` command; each adds its arguments and runs them."""
