"""The article's seven steps, and the calls that must fail, as code that runs the same on local AWS and on real AWS."""
