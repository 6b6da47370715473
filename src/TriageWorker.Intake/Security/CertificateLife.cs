using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Until when the TLS port's certificate holds: said in readiness, and an alarm before it ends.</summary>
internal sealed class CertificateLife(ListenerCertificate certificate, TimeProvider clock) : IHealthCheck, IWatched
{
    public const string Name = "tls", Kind = "tls.certificate";

    private const string Over = "The certificate of the TLS port holds for long enough again.";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        certificate.EndsAt is not { } end ? HealthCheckResult.Healthy("There is no TLS port (Intake:Tls:Certificate).")
        : Trouble(end, certificate.Trouble) is { } trouble ? HealthCheckResult.Degraded(trouble.Sentence)
        : HealthCheckResult.Healthy($"The certificate of the TLS port holds until {Day(end)}."));

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) => ValueTask.FromResult<IReadOnlyList<Watched>>(
        certificate.EndsAt is { } end && Trouble(end, certificate.Trouble) is { } trouble ? [Watched.Troubled(trouble, Over)] : [Watched.Well(Kind, Environment.MachineName, Over)]);

    private Alarm? Trouble(DateTimeOffset end, string? unused) => TroubleOf(end, unused, certificate.WarnBefore, clock.GetUtcNow()) is { } trouble
        ? new Alarm(Kind, Environment.MachineName, trouble.IsOver ? AlarmSeverity.Critical : AlarmSeverity.Warning, trouble.Sentence)
        : null;

    /// <param name="unused">Why newer files are not used.</param>
    /// <returns>Null when all is well.</returns>
    internal static (bool IsOver, string Sentence)? TroubleOf(DateTimeOffset end, string? unused, TimeSpan warnBefore, DateTimeOffset now)
    {
        const string toDo = "Renew the file of Intake:Tls:Certificate; it is taken without a restart.";
        if (end <= now) return (true, $"The certificate of the TLS port ended on {Day(end)}: callers that check it cannot send. {toDo}");
        if (unused is not null) return (false, $"The files of the TLS port have changed and cannot be used ({unused.TrimEnd('.')}); what they were before is in use until {Day(end)}. Look at Intake:Tls.");
        return end - now <= warnBefore ? (false, $"The certificate of the TLS port ends on {Day(end)}, in {(end - now).TotalDays:0} days. {toDo}") : null;
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
