using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;

namespace TriageWorker.Delivery;

/// <summary>
/// The way to a STOW-RS destination. Credentials and authorities are read for each, so that what is renewed on disk is used from the next
/// document on; they stand in no log and no message.
/// </summary>
public sealed class StowConnection : IDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromMinutes(2);
    private readonly HttpClient _http;

    private StowConnection(HttpClient http, DicomWebClient client) => (_http, Client) = (http, client);

    public DicomWebClient Client { get; }

    /// <param name="longestPause">In which it sends and takes nothing; null: two minutes.</param>
    /// <exception cref="RouteException">What the settings name cannot be read.</exception>
    public static StowConnection To(Route route, TimeProvider clock, TimeSpan? longestPause = null)
    {
        var authorization = AuthorizationOf(route);
        var url = route.Url ?? throw new RouteException($"{route.Name} has no Url.");
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a document and its credentials go where the settings say and nowhere else
            ConnectTimeout = ConnectWithin,
            SslOptions = DicomTls.ClientOptions(url.IdnHost, AuthoritiesOf(route)),
        };
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // the client sets a limit to each pause
        if (authorization is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        return new StowConnection(http, new DicomWebClient(http, url, longestPause ?? LongestPause, clock));
    }

    public void Dispose() => _http.Dispose();

    private static string? AuthorizationOf(Route route)
    {
        if (route.AuthorizationFile.Length == 0 && route.AuthorizationVariable.Length == 0) return null;
        var (value, place) = route.AuthorizationFile.Length > 0
            ? (Read(route, nameof(Route.AuthorizationFile), route.AuthorizationFile, File.ReadAllText), $"the file {route.AuthorizationFile}")
            : (Environment.GetEnvironmentVariable(route.AuthorizationVariable) ?? "", $"the environment variable {route.AuthorizationVariable}");
        value = value.Trim();
        return value.Length > 0 && !value.Any(char.IsControl) ? value
            : throw new RouteException($"{place} holds no value of an Authorization header for {route.Name}, such as \"Bearer …\" in one line.");
    }

    private static X509Certificate2Collection? AuthoritiesOf(Route route)
    {
        if (route.CertificateAuthorityFile.Length == 0) return null;
        var authorities = Read(route, nameof(Route.CertificateAuthorityFile), route.CertificateAuthorityFile, file =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(file);
            return read;
        });
        return authorities.Count > 0 ? authorities : throw new RouteException($"The file {route.CertificateAuthorityFile} of {route.Name} holds no certificate in PEM form.");
    }

    private static T Read<T>(Route route, string key, string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RouteException($"{key} of {route.Name} cannot be read: {fault.Message}", fault);
        }
    }
}
