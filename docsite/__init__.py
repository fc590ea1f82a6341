"""Makes the documentation site: a reference from the code, the pages, a check of all links."""
