"""``python -m pssglass`` is the program ``pssglass``."""

from pssglass.cli import main

if __name__ == "__main__":
    main()
