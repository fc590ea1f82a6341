"""Results as pages of HTML: each one file, which loads nothing and needs no script to be read."""
