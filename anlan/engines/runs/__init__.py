"""One module for each engine that runs from a document: its declaration and its way in."""
