"""Pictures: text in them is read, what is personal is painted over, and the label of generated content is written."""
