"""Reference pages of the documentation, made from the declarations while the site is built."""
