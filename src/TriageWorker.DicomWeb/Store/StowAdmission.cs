using Microsoft.AspNetCore.Http;
using TriageWorker.Dicom.Network;

namespace TriageWorker.DicomWeb;

/// <summary>Whether a request to store is served.</summary>
public abstract record StowAdmission
{
    private StowAdmission()
    {
    }

    /// <param name="Session">Takes the instances of this request, as it would those of an association; it is told the end.</param>
    /// <param name="Place">Given back when the request is over.</param>
    public sealed record Open(IStorageSession Session, StowLimits Limits, IDisposable Place) : StowAdmission
    {
        /// <summary>Where stored instances can be retrieved, without a slash at its end; null: nowhere that is known, and the answer says none.</summary>
        public string? RetrieveFrom { get; init; }

        /// <summary>Asked for when the service is to end: what is under way is finished, and no further instance is begun.</summary>
        public CancellationToken Stopping { get; init; }
    }

    /// <param name="Status">403 for good, 503 for now.</param>
    /// <param name="Because">Fit for the caller.</param>
    public sealed record Refused(int Status, string Because, TimeSpan? RetryAfter = null) : StowAdmission;
}

/// <summary>Decides over one request before a byte of its body is read.</summary>
public delegate StowAdmission AdmitStow(HttpContext request);
