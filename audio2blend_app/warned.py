"""What the log warns of while a verb works, such as what a file cannot keep."""

import logging


class Warned(logging.Handler):
    """Warnings of the log, for the user."""

    def __init__(self) -> None:
        """Begin without any."""
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages.append(record.getMessage())
