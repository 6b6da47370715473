using Microsoft.AspNetCore.Builder;

namespace TriageWorker.DicomWeb;

/// <summary>What an endpoint is in the words of PS3.18, for those who ask what the service can do.</summary>
/// <param name="Name">The transaction: Retrieve, Search, Store.</param>
/// <param name="Of">Of what.</param>
/// <param name="Gives">The media types of its answers.</param>
public sealed record Transaction(string Name, string Of, params IReadOnlyList<string> Gives)
{
    public IReadOnlyList<string> Parameters { get; init; } = [];
}

public static class TransactionExtensions
{
    /// <summary>Makes an endpoint known to whoever asks the service what it can do.</summary>
    public static TBuilder Is<TBuilder>(this TBuilder endpoint, Transaction transaction)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(transaction);
}
