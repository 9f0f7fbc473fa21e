"""The child process that does the heavy work, and the operators that wait for it while the window stays awake."""
