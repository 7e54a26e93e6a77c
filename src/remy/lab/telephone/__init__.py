"""Three cells that have learned nothing, side by side: what is measured, and what it says."""
