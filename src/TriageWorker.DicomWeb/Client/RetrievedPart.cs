namespace TriageWorker.DicomWeb;

/// <summary>One part of an answer: an instance as a Part 10 file, or a frame.</summary>
/// <param name="MediaType">What it says it is, without parameters; empty when it does not say.</param>
/// <param name="TransferSyntax">Null when it does not say.</param>
/// <param name="Content">As it comes in; may be read until the next part is asked for, and is read to its end then.</param>
public sealed record RetrievedPart(string MediaType, string? TransferSyntax, Stream Content)
{
    internal static RetrievedPart Of(string? contentType, Stream content)
    {
        var range = MediaRange.ReadList(contentType ?? "").FirstOrDefault();
        return new(range?.Type ?? "", range?.Parameter("transfer-syntax"), content);
    }
}
