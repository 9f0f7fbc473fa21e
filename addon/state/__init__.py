"""What the extension remembers: settings of a scene and of the user, and what happens when somebody changes them."""
