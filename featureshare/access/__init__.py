"""Who may do what, from the documents of a whole environment: matrix, proof, difference, minimality, mutants, reasons.

Pure, on JSON, on top of `featureshare.iam`: no AWS account, no network. The command line is `featureshare access`.
"""

from featureshare.access.contract import Contract
from featureshare.access.matrix import Matrix
from featureshare.access.model import Model
from featureshare.access.proof import FAILED, PROVED, UNDECIDED, Proof
from featureshare.access.prove import prove

__all__ = ["FAILED", "PROVED", "UNDECIDED", "Contract", "Matrix", "Model", "Proof", "prove"]
