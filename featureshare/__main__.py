"""`python -m featureshare`: the command line."""

from featureshare.cli import main

if __name__ == "__main__":
    main()
