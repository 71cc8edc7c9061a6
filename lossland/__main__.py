"""``python -m lossland check NOTEBOOK``."""

import sys

if __name__ == "__main__":
    from lossland.handin.cli import main

    sys.exit(main())
