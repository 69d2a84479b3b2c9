"""``python -m cpdynamics`` is ``cpdynamics``."""

import sys

from cpdynamics.cli import main

if __name__ == "__main__":
    sys.exit(main())
