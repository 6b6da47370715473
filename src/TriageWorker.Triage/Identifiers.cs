namespace TriageWorker.Triage;

/// <summary>Study Instance UID (0020,000D).</summary>
public readonly record struct StudyUid(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Series Instance UID (0020,000E).</summary>
public readonly record struct SeriesUid(string Value)
{
    public override string ToString() => Value;
}

/// <summary>SOP Instance UID (0008,0018).</summary>
public readonly record struct SopInstanceUid(string Value)
{
    public override string ToString() => Value;
}

/// <summary>One scoring of one study: which package read which images. See <c>generation</c> in the first migration.</summary>
public readonly record struct GenerationId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
