using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Lets in who stores over DICOMweb, as the listener lets in who sends: a request is an association, which keeps the studies of its caller open.</summary>
internal sealed class StowIntake : IDisposable
{
    private const int LongestAgent = 64;
    private static readonly TimeSpan s_whenFull = TimeSpan.FromSeconds(5);
    private readonly IntakeOptions _options;
    private readonly Listener _listener;
    private readonly CancellationToken _stopping;
    private readonly StowLimits _limits;
    private readonly PartitionedRateLimiter<IPAddress> _all, _each, _places;

    public StowIntake(IOptions<IntakeOptions> options, Listener listener, IHostApplicationLifetime host)
    {
        (_options, _listener, _stopping) = (options.Value, listener, host.ApplicationStopping);
        _limits = new StowLimits { MaxBytes = _options.DicomWeb.MaxRequestBytes, Silence = _options.AssociationIdleTimeout };
        (_all, _each) = (Places(_ => IPAddress.None, _options.DicomWeb.MaxRequests), Places(address => address, _options.MaxAssociationsPerAddress));
        _places = PartitionedRateLimiter.CreateChained(_all, _each);
    }

    public StowAdmission Admit(HttpContext http)
    {
        if (_stopping.IsCancellationRequested) return ForNow("The service is being stopped.", _limits.RetryAfter);
        var place = _places.AttemptAcquire(WebCaller.At(http.Connection.RemoteIpAddress).Address);
        if (!place.IsAcquired)
        {
            place.Dispose();
            return ForNow("As many requests as are taken at once are under way.", s_whenFull);
        }

        if (_listener.TryOpen(Caller(http), out var session, out var refusal))
            return new StowAdmission.Open(session, _limits, place) { RetrieveFrom = RetrieveFrom(http), Stopping = _stopping };
        place.Dispose();
        // The log says more: whoever is not known here need not learn how to be.
        return refusal.IsTransient ? ForNow("Objects cannot be kept here now.", _limits.RetryAfter)
            : new StowAdmission.Refused(StatusCodes.Status403Forbidden, $"Nobody with this address or certificate may store here. Those who may are named in {IntakeOptions.Section}:{nameof(IntakeOptions.Callers)}.");
    }

    public void Dispose()
    {
        _places.Dispose();
        _each.Dispose();
        _all.Dispose();
    }

    private static StowAdmission.Refused ForNow(string because, TimeSpan retryAfter) => new(StatusCodes.Status503ServiceUnavailable, because, retryAfter);

    private static PartitionedRateLimiter<IPAddress> Places(Func<IPAddress, IPAddress> of, int most) => PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetConcurrencyLimiter(of(address), _ => new ConcurrencyLimiterOptions { PermitLimit = most }));

    private string? RetrieveFrom(HttpContext http) =>
        _options.DicomWeb.RetrieveUrl.Length > 0 ? _options.DicomWeb.RetrieveUrl.TrimEnd('/')
        : IntakeWebEndpoint.Received(http) ? null
        : ServiceAddress.Of(http.Request, IntakeWeb.Prefix);

    // Who it is, is its address; what it says of itself is kept for people to read.
    private AssociationCaller Caller(HttpContext http)
    {
        var connection = http.Connection;
        var agent = new string([.. http.Request.Headers.UserAgent.ToString().Where(letter => letter is >= ' ' and <= '~').Take(LongestAgent)]);
        return new AssociationCaller(
            Guid.CreateVersion7(), WebCaller.At(connection.RemoteIpAddress).Name, _options.AeTitle.Trim(),
            connection.RemoteIpAddress is { } address ? new IPEndPoint(address, connection.RemotePort) : null, "", agent)
        {
            IsSecured = http.Request.IsHttps,
            Certificate = connection.ClientCertificate,
        };
    }
}
