using System.Net;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb;

/// <summary>What a server says became of one instance (PS3.18, 10.5.3 and annex I.2).</summary>
/// <param name="FailureReason">(0008,1197), with the codes of C-STORE; null: it is stored.</param>
/// <param name="WarningReason">(0008,1196): stored, with a remark.</param>
public sealed record StowOutcome(string SopInstanceUid, string SopClassUid, ushort? FailureReason, ushort? WarningReason = null)
{
    public bool IsStored => FailureReason is null;
}

/// <summary>The answer to a store request, instance by instance. An instance that stands nowhere in it must not be taken for stored.</summary>
public sealed record StowAnswer(HttpStatusCode Status, IReadOnlyList<StowOutcome> Outcomes)
{
    private const ushort ProcessingFailure = 0x0110;
    private const int MostBytes = 64 << 20; // an answer names some 200 bytes for each instance

    /// <summary>Null when the server did not say. Who says both stored and failed is believed the worse.</summary>
    public StowOutcome? Find(string sopInstanceUid) =>
        Outcomes.Where(outcome => outcome.SopInstanceUid == sopInstanceUid).OrderBy(outcome => outcome.IsStored).FirstOrDefault();

    /// <exception cref="DicomWebException">It does not speak of instances.</exception>
    internal static async Task<StowAnswer> ReadAsync(Answer answer, CancellationToken stop)
    {
        var isWhole = answer.Status is HttpStatusCode.OK or HttpStatusCode.Accepted;
        // 409: none is stored, and the reasons stand in the same form; or a proxy's own words.
        if (!isWhole && answer.Status != HttpStatusCode.Conflict) throw await answer.RefusalAsync(stop);
        if (answer.Type?.MediaType is { } type && !type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            throw isWhole ? answer.Malformed($"answered in {type}, not in DICOM JSON as it was asked to.") : await answer.RefusalAsync(stop);
        try
        {
            await foreach (var said in DicomDataset.ReadJsonAsync(answer.Body, new DicomJsonReadOptions { MaxLength = MostBytes }, stop)) return Of(answer.Status, said);
            throw answer.Malformed("answered without a word on what it stored.");
        }
        catch (DicomJsonException broken)
        {
            throw isWhole ? answer.Malformed($"answered what is no DICOM JSON: {broken.Message}", broken) : answer.Refusal();
        }
    }

    private static StowAnswer Of(HttpStatusCode status, DicomDataset said) => new(status,
    [
        .. said.GetSequence(DicomTag.ReferencedSOPSequence).Select(item => Outcome(item, null)),
        // A failure without a reason is one all the same.
        .. said.GetSequence(DicomTag.FailedSOPSequence).Select(item => Outcome(item, Code(item, DicomTag.FailureReason) ?? ProcessingFailure)),
    ]);

    private static StowOutcome Outcome(DicomDataset item, ushort? failure) => new(
        item.GetString(DicomTag.ReferencedSOPInstanceUID) ?? "", item.GetString(DicomTag.ReferencedSOPClassUID) ?? "", failure, Code(item, DicomTag.WarningReason));

    private static ushort? Code(DicomDataset item, DicomTag tag) => item.GetInt32(tag) is { } code and >= 0 and <= ushort.MaxValue ? (ushort)code : null;
}
