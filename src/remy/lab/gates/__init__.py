"""The inside of the cells: what a step is made of, and what holding a gate changes."""
