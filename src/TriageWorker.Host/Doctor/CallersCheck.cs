using System.Net;
using TriageWorker.Intake;

namespace TriageWorker.Host.Doctor;

/// <summary>Who may push images.</summary>
internal sealed class CallersCheck(IntakeOptions intake) : Check("callers")
{
    public override Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<Diagnosis>>([.. Found()]);

    private IEnumerable<Diagnosis> Found()
    {
        if (intake.Callers.Count == 0)
            yield return IPAddress.IsLoopback(IPAddress.Parse(intake.Address))
                ? Warning($"Only this machine can push: images are taken at {intake.Address}.", "For scanners, set Intake:Address to an address of the network and name them in Intake:Callers.")
                : Warning("Whoever reaches the DICOM port may push (Intake:AllowAnyCaller).", "Name the scanners in Intake:Callers, by title and address.");
        else
            yield return Ok($"{(intake.Callers.Count == 1 ? "One caller" : $"{intake.Callers.Count} callers")} may push: {string.Join(", ", intake.Callers.Select(Named))}.");
        foreach (var open in intake.Callers.Where(caller => caller is { AeTitle: "*", Address: "", CertificateSha256: "", CertificateSubject: "", CertificateIssuer: "" }))
            yield return Warning("One of Intake:Callers is any title from any address: whoever reaches the DICOM port may push.", "Give it a title or an address.");
    }

    private static string Named(CallerOptions caller) =>
        $"{caller.AeTitle}{(caller.Address.Length > 0 ? $" from {caller.Address}" : "")}{(caller.NeedsCertificate ? " with its certificate" : caller.Tls ? " over TLS" : "")}{(caller.Forward.Count > 0 ? $", forwarded to {string.Join(" and ", caller.Forward)}" : "")}";
}
