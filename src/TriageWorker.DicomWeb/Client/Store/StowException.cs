using System.Net;

namespace TriageWorker.DicomWeb;

/// <summary>What kept a store request from being answered instance by instance.</summary>
public enum StowFault
{
    None = 0,

    /// <summary>No connection: nobody listens, no route, name unknown.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed.</summary>
    Untrusted,

    /// <summary>The connection broke, or an instance could not be read; what was sent may or may not be stored.</summary>
    Lost,

    /// <summary>No answer in time; what was sent may or may not be stored.</summary>
    TimedOut,

    /// <summary>An answer to the request as a whole: its <see cref="StowException.Status"/> says it.</summary>
    Refused,

    /// <summary>Success, but in words that are no DICOM JSON: which instances are stored is not known.</summary>
    Unreadable,
}

/// <summary>A store request that was not answered instance by instance. The message is made for people and holds no credentials.</summary>
public sealed class StowException : IOException
{
    public StowException(StowFault fault, Uri address, string because, Exception? inner = null)
        : base($"{address.GetLeftPart(UriPartial.Path)} {because}", inner) => (Fault, Address) = (fault, address);

    public StowFault Fault { get; }

    public Uri Address { get; }

    /// <summary>Null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    internal static StowException Refusal(Uri address, HttpStatusCode status, string words) =>
        new(StowFault.Refused, address, $"answered {StatusText.Of(status)}{(words.Length == 0 ? "." : $": {words}")}") { Status = status };

    internal static StowException Of(Uri address, HttpRequestException broken) => broken.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError =>
            new(StowFault.Unreachable, address, $"cannot be reached: {Innermost(broken)}", broken),
        HttpRequestError.SecureConnectionError => new(StowFault.Untrusted, address, $"does not agree on TLS: {Innermost(broken)}", broken),
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => new(StowFault.Unreadable, address, $"answers what is no HTTP: {Innermost(broken)}", broken),
        _ => new(StowFault.Lost, address, $"broke off: {Innermost(broken)}", broken),
    };

    internal static string Innermost(Exception error) => error.GetBaseException().Message;
}
