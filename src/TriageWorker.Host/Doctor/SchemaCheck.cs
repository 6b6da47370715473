namespace TriageWorker.Host.Doctor;

/// <summary>The database has this version's tables.</summary>
internal sealed class SchemaCheck(DatabaseDoor door) : Check("schema")
{
    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop) => await door.TryOpenAsync() switch
    {
        null => [],
        { Schema: { Unknown.Count: > 0 } schema } => [Fault(schema.Fault!, "Do not run this version on it.")],
        { Schema: { Pending.Count: > 0 } schema } => [Warning(schema.Fault!, "Nothing, where that is expected: the next start does it.")],
        { Schema: var schema } => [Ok($"The schema is that of this version ({schema.At?.Name}).")],
    };
}
