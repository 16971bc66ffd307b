"""Share Amazon SageMaker Feature Store between AWS accounts, safely, as code."""

__version__ = "0.1.0"
