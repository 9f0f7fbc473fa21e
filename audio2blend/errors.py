"""The errors that this project raises on purpose.

```
Audio2BlendError
├── InputError               something the user gave is wrong: a file, a name, an option
├── MissingDependencyError   something this machine lacks: a program, a library, a GPU
└── ConsentError             what is asked for is not covered by the consent of the person whose voice it is
```
"""


class Audio2BlendError(Exception):
    """Root of every error this project raises on purpose; its text is one sentence for the user."""


class InputError(Audio2BlendError, ValueError):
    """A file, name or option is wrong; the sentence names it and its cure."""


class MissingDependencyError(Audio2BlendError, RuntimeError):
    """This machine lacks a program, library or device; the sentence names the cure."""


class ConsentError(Audio2BlendError):
    """Nobody agreed to what is asked for; the sentence says to what, and what would cure it."""
