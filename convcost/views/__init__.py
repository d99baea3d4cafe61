"""What each command shows: figures in, ``view.View`` out. Nothing here knows a format."""
