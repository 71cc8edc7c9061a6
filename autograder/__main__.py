"""``python -m autograder``."""

import sys

if __name__ == "__main__":
    from autograder.cli import main

    sys.exit(main())
