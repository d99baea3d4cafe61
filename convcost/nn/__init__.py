"""Torch modules for what torch has only as functions; they know no op, and are imported with torch."""
