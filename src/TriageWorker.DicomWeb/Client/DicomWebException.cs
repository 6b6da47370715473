using System.Net;

namespace TriageWorker.DicomWeb;

/// <summary>What kept a DICOMweb service from answering.</summary>
public enum DicomWebFault
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>It sent nothing for longer than it may.</summary>
    Silent,

    /// <summary>It answered with a status that is no success.</summary>
    Status,

    /// <summary>Its answer is not what the standard says.</summary>
    Malformed,
}

/// <summary>A DICOMweb request came to nothing. The message says which address, which status and what the server said of it.</summary>
public sealed class DicomWebException(DicomWebFault fault, Uri address, string what, HttpStatusCode? status = null, Exception? inner = null)
    : IOException($"{address}: {what}", inner)
{
    public DicomWebFault Fault => fault;

    public Uri Address => address;

    /// <summary>Null when there was no answer.</summary>
    public HttpStatusCode? Status => status;

    /// <summary>The server or the way to it is away or overburdened: the same request may succeed later without anybody doing anything.</summary>
    public bool IsPassing => fault is DicomWebFault.Unreachable or DicomWebFault.Silent
        || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}
