"""Two versions of a sentence, read by the same tagger: what a change changes."""
