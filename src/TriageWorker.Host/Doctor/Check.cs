namespace TriageWorker.Host.Doctor;

public enum Judgement
{
    Ok,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>It does not work, or a promise of the product does not hold here.</summary>
    Fault,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="What">What was found.</param>
/// <param name="ToDo">What to do about it; null when nothing.</param>
public sealed record Diagnosis(string Check, Judgement Judgement, string What, string? ToDo = null);

/// <summary>Looks at one thing as an administrator would before going live. It changes nothing that stays.</summary>
public abstract class Check(string name)
{
    public string Name => name;

    /// <summary>It needs this long when nothing hangs, whatever the patience is that others are asked with.</summary>
    public virtual TimeSpan Needs => TimeSpan.Zero;

    /// <summary>It keeps every core busy, so it has the machine for itself: what others measure beside it would not be true.</summary>
    public virtual bool Computes => false;

    /// <returns>Empty when there is nothing to look at, or another check says why it could not.</returns>
    public abstract Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop);

    protected Diagnosis Ok(string what) => new(name, Judgement.Ok, what);

    protected Diagnosis Warning(string what, string toDo) => new(name, Judgement.Warning, what, toDo);

    protected Diagnosis Fault(string what, string toDo) => new(name, Judgement.Fault, what, toDo);
}
