namespace TriageWorker.Imaging.Series;

/// <summary>Either what was asked for, or why it cannot be had: a clause without a full stop that follows "because".</summary>
public abstract record Reading<T>
{
    private Reading()
    {
    }

    public sealed record Of(T Value) : Reading<T>;

    public sealed record Not(string Because) : Reading<T>;
}
