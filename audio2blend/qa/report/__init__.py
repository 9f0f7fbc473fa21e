"""What was measured, for people: a page of HTML with the curves drawn."""
