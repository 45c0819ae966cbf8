"""The forms that a bundle is written in, one module each."""
