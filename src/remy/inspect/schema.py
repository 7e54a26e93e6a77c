"""The JSON form of a trace."""
