using Microsoft.AspNetCore.Http;

namespace TriageWorker.DicomWeb;

/// <summary>Where the service is, as the client that asks reaches it.</summary>
public static class ServiceAddress
{
    /// <summary>Without a slash at its end.</summary>
    public static string Of(HttpRequest request, string prefix) => $"{request.Scheme}://{request.Host}{request.PathBase}{prefix.TrimEnd('/')}";
}
