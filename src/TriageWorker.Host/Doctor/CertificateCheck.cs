using TriageWorker.Intake;

namespace TriageWorker.Host.Doctor;

/// <summary>The certificate of the DICOM port over TLS can be used, and for how long.</summary>
internal sealed class CertificateCheck(IntakeTlsOptions tls, TimeProvider clock) : Check("DICOM certificate")
{
    public override Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<Diagnosis>>([Found()]);

    private Diagnosis Found()
    {
        const string toDo = "Renew the file of Intake:Tls:Certificate; it is taken without a restart.";
        if (CertificateFile.FaultOf(tls) is { } fault) return Fault(fault, "Look at the files of Intake:Tls: PEM, with the key that belongs to the certificate.");
        var file = CertificateFile.Read(tls);
        var what = $"{file.Subject} holds until {file.EndsAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC.";
        var left = file.EndsAt - clock.GetUtcNow();
        return left <= TimeSpan.Zero ? Fault($"{what} Callers that check it cannot send any more.", toDo)
            : left <= tls.WarnBefore ? Warning($"{what} That is in {left.TotalDays:0} days.", toDo)
            : Ok(what);
    }
}
