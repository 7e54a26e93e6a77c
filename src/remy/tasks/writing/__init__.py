"""What the tasks share whose output is a sequence of its own length."""
