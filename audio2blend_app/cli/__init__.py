"""The command line: a module a command, with its arguments, and `main`, which finds and runs them."""
