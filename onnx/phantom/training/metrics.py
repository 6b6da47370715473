"""Figures over scores and labels: AUROC, and thresholds with few false alarms."""
import numpy


def auroc(scores, labels):
    """Chance that a positive outscores a negative; ties count half (Mann-Whitney)."""
    scores, labels = numpy.asarray(scores, dtype=float), numpy.asarray(labels) > 0.5
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if positives == 0 or negatives == 0:
        return float("nan")
    _, inverse, counts = numpy.unique(scores, return_inverse=True, return_counts=True)
    ranks = (numpy.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def high_specificity_threshold(scores, labels, specificity=0.99):
    """The threshold with the best sensitivity among those of at least this specificity, in the middle of its gap."""
    scores, labels = numpy.asarray(scores, dtype=float), numpy.asarray(labels) > 0.5
    values = numpy.unique(scores)
    best = (-1.0, values[-1] + 0.01)
    for low, high in zip(values[:-1], values[1:]):
        middle = (low + high) / 2
        if (scores[~labels] < middle).mean() < specificity:
            continue
        # Equal sensitivity: the wider gap is the safer place.
        merit = (scores[labels] >= middle).mean() + 0.01 * (high - low)
        if merit > best[0]:
            best = (merit, middle)
    return float(best[1])


def operating_point(scores, labels, threshold):
    scores, labels = numpy.asarray(scores, dtype=float), numpy.asarray(labels) > 0.5
    return float((scores[labels] >= threshold).mean()), float((scores[~labels] < threshold).mean())
