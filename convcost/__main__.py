"""``python -m convcost``."""

from convcost.cli import main

if __name__ == "__main__":
    main()
