"""`python -m featureshare.toolchain`: what `make` asks before it downloads anything."""

import os
import sys

from featureshare.errors import FeatureShareError
from featureshare.toolchain import find_terraform

if __name__ == "__main__":
    try:
        find_terraform(os.environ)
    except FeatureShareError as error:
        sys.exit(str(error))
