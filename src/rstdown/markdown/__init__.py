"""The Markdown syntax tree, its writer and its reader; knows nothing of docutils."""
