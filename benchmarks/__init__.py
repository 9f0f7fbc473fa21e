"""Speed and memory of the main job, measured beside the alternatives."""
