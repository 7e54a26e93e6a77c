"""What the page asks and is answered, as records; the page's types are generated from them."""
