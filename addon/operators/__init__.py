"""What the buttons do: one module a task, with its operators and the reasons why they cannot."""
