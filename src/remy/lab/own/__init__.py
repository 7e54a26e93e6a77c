"""Your own: any trained model, any input that a person types or uploads, and all that is seen of it."""
