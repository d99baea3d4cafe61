"""The JSON documents, as plain data."""
