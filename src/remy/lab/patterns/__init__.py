"""The four patterns of reading and writing: models, samples, programs, and what is shown of a run."""
