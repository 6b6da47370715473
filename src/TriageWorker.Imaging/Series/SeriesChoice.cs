namespace TriageWorker.Imaging.Series;

/// <summary>
/// Chooses among the series whose headers a model may read. Looking at pixels costs most, so a series is looked at only while it could be the
/// best: by its length, or by what a series that holds all its places was seen to show. A long thorax that just reaches the liver loses so to
/// a shorter abdomen, and ten reconstructions of one abdomen cost one look.
/// </summary>
internal sealed class SeriesChoice
{
    private readonly Dictionary<SeriesCandidate, PixelLook> _looks = [];
    private readonly IReadOnlyList<SeriesCandidate> _byHeader;
    private readonly string _part;
    private readonly SeriesRanking _ranking;

    /// <param name="candidates">Whose headers have nothing against them.</param>
    /// <param name="look">Null where headers are all that is asked.</param>
    /// <param name="part">What the model is for, e.g. abdomen.</param>
    public SeriesChoice(IReadOnlyCollection<SeriesCandidate> candidates, Func<SeriesCandidate, PixelLook>? look, string part)
    {
        _part = part;
        _ranking = new SeriesRanking(candidates);
        _byHeader = _ranking.BestFirst;
        while (look is not null && _ranking.BestFirst is [var best, ..] && !_looks.ContainsKey(best))
        {
            _looks[best] = look(best);
            _ranking = new SeriesRanking([.. _byHeader.Where(candidate => _looks.GetValueOrDefault(candidate)?.Refusal is null)], CoverOf);
        }

        Chosen = _ranking.BestFirst.Count > 0 ? _ranking.BestFirst[0] : null;
    }

    public SeriesCandidate? Chosen { get; }

    /// <summary>Of all candidates, the chosen one first.</summary>
    public IEnumerable<SeriesVerdict> Verdicts =>
        from candidate in _byHeader
        orderby candidate == Chosen descending
        select new SeriesVerdict(candidate.SeriesUid, candidate.Geometry.Slices[0].Modality, candidate.Slices + candidate.SetAside, candidate == Chosen, Because(candidate));

    private string Because(SeriesCandidate candidate) =>
        _looks.GetValueOrDefault(candidate)?.Refusal
        ?? $"{candidate.Describe()}{(candidate == Chosen ? WhatItShows(candidate) : $"; {_ranking.WhyAfter(candidate, Chosen!)}")}";

    private string WhatItShows(SeriesCandidate candidate) => _looks.GetValueOrDefault(candidate)?.PartMm is { } mm ? $"; {new Cover(mm, _part)} are in view" : "";

    private Cover CoverOf(SeriesCandidate candidate)
    {
        var length = candidate.Geometry.CoverageMm;
        if (_looks.GetValueOrDefault(candidate) is { } seen) return seen.PartMm is { } mm ? new(mm, _part) : new(length);
        var shown = _looks.Where(look => look.Value is { Refusal: null, PartMm: not null } && candidate.LiesWithin(look.Key)).Select(look => look.Value.PartMm!.Value);
        return new(shown.Append(length).Min(), _looks.Values.Any(look => look.PartMm is not null) ? _part : null, IsBound: true);
    }
}
