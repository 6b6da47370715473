using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace TriageWorker.DicomWeb;

/// <summary>An HTTP status in figures and words.</summary>
public static class StatusText
{
    public static string Of(HttpStatusCode status) => $"{(int)status} {ReasonPhrases.GetReasonPhrase((int)status)}".TrimEnd();
}
