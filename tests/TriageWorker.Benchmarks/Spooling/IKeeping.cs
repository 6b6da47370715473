namespace TriageWorker.Benchmarks.Spooling;

/// <summary>One way of making an object survive a crash of the machine. Used by several associations at once.</summary>
internal interface IKeeping : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Returns when the object is safe: where a success could be sent.</summary>
    /// <param name="blocks">As they come from the network.</param>
    Task KeepAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks);

    /// <summary>What has to be done after the success until each object is a file of its own; nothing for ways that begin with that.</summary>
    Task FinishAsync() => Task.CompletedTask;
}
