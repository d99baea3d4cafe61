"""Renderers, one file per format: a view (or plain data, or diagnostics) in, text out."""
