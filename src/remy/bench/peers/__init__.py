"""The libraries Remy is measured against, one file each."""
