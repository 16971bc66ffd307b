"""Quality of what is stored: how fresh it is, and whether values are as the declaration expects."""

from featureshare.quality.measure import Measured, Rule, judge, rules, statement
from featureshare.quality.run import GroupQuality, measure

__all__ = ["GroupQuality", "Measured", "Rule", "judge", "measure", "rules", "statement"]
