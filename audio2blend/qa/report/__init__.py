"""Quality reports: an HTML page with measures and plots."""
