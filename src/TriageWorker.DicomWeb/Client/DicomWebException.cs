using System.Net;

namespace TriageWorker.DicomWeb;

/// <summary>What kept a DICOMweb service from answering.</summary>
public enum DicomWebFault
{
    /// <summary>No connection: nobody listens, no route, name unknown.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed.</summary>
    Untrusted,

    /// <summary>The connection broke, or what was to be sent could not be read; what was sent may or may not be stored there.</summary>
    Lost,

    /// <summary>It sent nothing, and took nothing, for longer than it may.</summary>
    Silent,

    /// <summary>It answered with a status that is no success: <see cref="DicomWebException.Status"/>.</summary>
    Status,

    /// <summary>Its answer is not what the standard says.</summary>
    Malformed,
}

/// <summary>A DICOMweb request came to nothing. The message is made for people: which address, which status and what the server said of it. It holds no search key and no credentials.</summary>
/// <param name="because">Follows the address: <c>does not answer</c>.</param>
public sealed class DicomWebException(DicomWebFault fault, Uri address, string because, HttpStatusCode? status = null, Exception? inner = null)
    : IOException($"{address.GetLeftPart(UriPartial.Path)} {because}", inner)
{
    public DicomWebFault Fault => fault;

    public Uri Address => address;

    /// <summary>The message without the resource that was asked for, whose UIDs stand in no log.</summary>
    public string Because => $"{address.GetLeftPart(UriPartial.Authority)} {because}";

    /// <summary>Null when there was no answer.</summary>
    public HttpStatusCode? Status => status;

    /// <summary>The server or the way to it is away or overburdened: the same request may succeed later without anybody doing anything.</summary>
    public bool IsPassing => fault is DicomWebFault.Unreachable or DicomWebFault.Lost or DicomWebFault.Silent
        || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    internal static DicomWebException Of(Uri address, HttpRequestException broken)
    {
        var innermost = broken.GetBaseException().Message;
        return broken.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError =>
                new(DicomWebFault.Unreachable, address, $"cannot be reached: {innermost}", inner: broken),
            HttpRequestError.SecureConnectionError => new(DicomWebFault.Untrusted, address, $"does not agree on TLS: {innermost}", inner: broken),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => new(DicomWebFault.Malformed, address, $"answers what is no HTTP: {innermost}", inner: broken),
            _ => new(DicomWebFault.Lost, address, $"broke off: {innermost}", inner: broken),
        };
    }
}
