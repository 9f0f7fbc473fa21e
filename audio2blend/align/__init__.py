"""What was said when: intervals of words and phones, and the readers and aligners that find them."""
