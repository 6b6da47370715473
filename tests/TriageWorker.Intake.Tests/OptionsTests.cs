using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void What_the_product_ships_is_valid() => Faults().ShouldBeEmpty();

    [Fact]
    public void All_faults_are_said_at_once_with_their_keys() =>
        Faults(("Intake:AeTitle", "A title that is far too long"), ("Intake:Port", "70000"), ("Intake:IdleTime", "00:00:00"), ("Intake:Callers:1:Address", "ct7"))
            .Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)])
            .ShouldBe(["Intake:Port", "Intake:AeTitle", "Intake:IdleTime", "Intake:Callers:1:Address"], ignoreOrder: true);

    [Fact]
    public void A_port_on_the_network_needs_callers_or_a_word_that_anybody_may_call()
    {
        Faults(("Intake:Address", "0.0.0.0")).Single().ShouldContain("Intake:Callers");
        Faults(("Intake:Address", "0.0.0.0"), ("Intake:Callers:0:AeTitle", "CT1")).ShouldBeEmpty();
        Faults(("Intake:Address", "0.0.0.0"), ("Intake:AllowAnyCaller", "true")).ShouldBeEmpty();
    }

    [Fact]
    public void Each_fault_of_a_caller_is_said_with_its_key_and_what_to_write_instead() => Faults(
            ("Destinations:0:Name", "archive"), ("Intake:Callers:0:Address", "10.1.2.3/16"), ("Intake:Callers:0:CertificateSha256", "abc"), ("Intake:Callers:0:CertificateSubject", "no name"),
            ("Intake:Callers:0:Forward:0", "pacs"), ("Intake:Callers:0:Forward:1", "own-store"))
        .ShouldBe(
        [
            "Intake:Callers:0:Address: 10.1.2.3/16 has bits beyond its prefix of 16: write 10.1.0.0/16.",
            "Intake:Callers:0:Tls: there is no port for TLS; name its certificate in Intake:Tls:Certificate.",
            "Intake:Callers:0:CertificateSha256: 'abc' is no SHA-256 digest of 64 hexadecimal digits; openssl x509 -noout -fingerprint -sha256 -in FILE prints it.",
            "Intake:Callers:0:CertificateSubject: 'no name' is no distinguished name such as CN=ct2, O=Hospital.",
            "Intake:Callers:0:CertificateSubject: anybody can write a name into a certificate; say in Intake:Tls:Authorities whose word counts, or give the certificate's digest instead.",
            "Intake:Callers:0:Forward:0: pacs is none of the Destinations (archive).",
            "Intake:Callers:0:Forward:1: own-store is this product's own store, which has the originals already.",
        ], ignoreOrder: true);

    [Fact]
    public void Each_fault_of_queries_is_said_with_its_key_and_what_to_write_instead()
    {
        Faults(
            ("Intake:Query:MaxMatches", "0"), ("Intake:Query:Destinations:0:AeTitle", "VIEWER"), ("Intake:Query:Destinations:0:Host", "10.0.0.9"), ("Intake:Query:Destinations:1:AeTitle", "VIEWER"),
            ("Intake:Callers:0:MoveTo:0", "NOBODY"), ("Intake:Callers:0:MoveTo:1", "VIEWER"), ("Intake:Callers:0:MoveTo:2", "*")).ShouldBe(
        [
            "Intake:Query:MaxMatches: 0 is not within 1 to 1000000.",
            "Intake:Query:Destinations:1:AeTitle: VIEWER stands there twice.",
            "Intake:Query:Destinations:1:Host: it says no host to send to.",
            "Intake:Callers:0:MoveTo:0: nobody is known as NOBODY; say where that is in Intake:Query:Destinations, or write * for whoever is known.",
        ], ignoreOrder: true);
        Faults(("Destinations:0:Name", "pacs"), ("Destinations:0:CalledAe", "PACS"), ("Destinations:0:Host", "10.0.0.5"), ("Intake:Callers:0:MoveTo:0", "PACS")).ShouldBeEmpty();
    }

    [Fact]
    public void Each_fault_of_the_TLS_port_is_said_with_its_key()
    {
        using var folder = new TemporaryFolder();
        using var hospital = new CertificateAuthority("Hospital");
        using var own = hospital.Issue("triage");
        using var other = hospital.Issue("other");
        var (key, certificate) = CertificateAuthority.Write(own, folder.At("triage"));
        var (otherKey, _) = CertificateAuthority.Write(other, folder.At("other"));
        File.WriteAllText(folder.At("empty.crt"), "nothing");
        Faults(("Intake:Tls:Certificate", certificate), ("Intake:Tls:Key", key)).ShouldBeEmpty();
        Keys(("Intake:Tls:Certificate", folder.At("gone.crt"))).ShouldBe(["Intake:Tls:Certificate"]);
        Keys(("Intake:Tls:Certificate", certificate), ("Intake:Tls:Key", folder.At("gone.key"))).ShouldBe(["Intake:Tls:Key"]);
        Keys(("Intake:Tls:Certificate", certificate), ("Intake:Tls:Key", otherKey), ("Intake:Tls:Authorities:0", folder.At("empty.crt")), ("Intake:Tls:Port", "11112"))
            .ShouldBe(["Intake:Tls:Port", "Intake:Tls:Certificate", "Intake:Tls:Authorities:0"]);
        Keys(("Intake:Tls:Only", "true")).ShouldBe(["Intake:Tls:Certificate"]);
        Keys(("Intake:Tls:Certificate", certificate), ("Intake:Tls:Key", key), ("Intake:Tls:Clients", "Required")).ShouldBe(["Intake:Tls:Authorities"]);
    }

    [Fact]
    public void Each_fault_of_DICOMweb_is_said_with_its_key()
    {
        Faults(("Intake:DicomWeb:Port", "11112"), ("Intake:DicomWeb:Tls", "true"), ("Intake:DicomWeb:RetrieveUrl", "here"), ("Intake:DicomWeb:MaxRequestBytes", "1048575"), ("Intake:DicomWeb:MaxRequests", "1001"), ("Intake:DicomWeb:Hosts:0", " ")).ShouldBe(
        [
            "Intake:DicomWeb:Port: 11112 is a port for DICOM too; take another one.",
            "Intake:DicomWeb:Tls: there is no certificate to show; name it in Intake:Tls:Certificate.",
            "Intake:DicomWeb:RetrieveUrl: 'here' is no address that begins with http:// or https://.",
            "Intake:DicomWeb:MaxRequestBytes: 1048575 is not within 1048576 to 1099511627776.",
            "Intake:DicomWeb:MaxRequests: 1001 is not within 1 to 1000.",
            "Intake:DicomWeb:Hosts: a host has no name.",
        ], ignoreOrder: true);
        Keys(("Intake:DicomWeb:Port", "70000")).ShouldBe(["Intake:DicomWeb:Port"]);
        Keys(("Intake:DicomWeb:Port", "8043"), ("Intake:Tls:Only", "true")).ShouldBe(["Intake:Tls:Certificate", "Intake:DicomWeb:Tls"], ignoreOrder: true);
        Faults(("Intake:DicomWeb:Port", "8043"), ("Intake:DicomWeb:MaxRequestBytes", "1099511627776"), ("Intake:DicomWeb:MaxRequests", "1000"), ("Intake:DicomWeb:RetrieveUrl", "https://triage/dicom-web")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "10.9.9.9", true), InlineData("10.1.2.3", "10.1.2.3", true), InlineData("10.1.2.3", "::ffff:10.1.2.3", true), InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.1.0.0/16", "10.1.255.1", true), InlineData("10.1.0.0/16", "10.2.0.1", false), InlineData("10.1.0.0/16", "::ffff:10.1.7.7", true)]
    [InlineData("fd00:1::/32", "fd00:1:2::3", true), InlineData("fd00:1::/32", "fd00:2::3", false), InlineData("0.0.0.0/0", "::1", false)]
    public void An_address_or_a_network_covers_who_is_in_it(string said, string remote, bool isCovered)
    {
        CallerAddress.FaultOf(said).ShouldBeNull();
        CallerAddress.Covers(said, new IPEndPoint(IPAddress.Parse(remote), 4711)).ShouldBe(isCovered);
    }

    private static IEnumerable<string> Keys(params (string Key, string Value)[] settings) => Faults(settings).Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]);

    private static IEnumerable<string> Faults(params (string Key, string Value)[] settings)
    {
        // A list is bound as a whole, so a fault in its second entry needs a first.
        var more = settings.Any(pair => pair.Key.StartsWith("Intake:Callers:1", StringComparison.Ordinal)) ? [new("Intake:Callers:0:AeTitle", "CT1")] : Array.Empty<KeyValuePair<string, string?>>();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([.. settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)), .. more]).Build());
        services.AddIntake();
        services.AddOptions<TriageWorker.Store.DestinationOptions>().BindConfiguration("");
        using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<IntakeOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
    }
}
