using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Delivery;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Scoring;

namespace TriageWorker.Host.Doctor;

/// <summary>The model package is whole, computes here what it must, and its results may go where they are meant to.</summary>
internal sealed class ModelCheck(ScoringRoleOptions role, RouteOptions routes, TimeProvider clock) : Check("model")
{
    /// <summary>A large package takes its time on a CPU.</summary>
    public override TimeSpan Needs => TimeSpan.FromMinutes(1);

    public override bool Computes => true;

    public override Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        try
        {
            var began = clock.GetTimestamp();
            using var model = new WarmModel(Options.Create(role), NullLogger<ScoringModel>.Instance); // as the scoring role does: digests, golden test, policy
            var took = clock.GetElapsedTime(began);
            return Task.FromResult<IReadOnlyList<Diagnosis>>([Ok(string.Create(CultureInfo.InvariantCulture,
                $"{model.Package.Id} {model.Package.Version} is whole and passes its golden test on {model.Provider}, in {took.TotalSeconds:0.0} s.")), .. Use(model)]);
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException or FormatException or IOException)
        {
            return Task.FromResult<IReadOnlyList<Diagnosis>>([Fault(fault.Message, "Mend Scoring:Package or Scoring:Policy; without them no scoring process starts.")]);
        }
    }

    private IEnumerable<Diagnosis> Use(WarmModel model)
    {
        if (model.IsSilent)
            yield return Warning("No finding is approved: scores are kept, and nothing is shown or sent.", "Approve thresholds in a policy file and name it in Scoring:Policy.");
        if (!model.Package.Demonstration) yield break;
        yield return Warning("It is a demonstration model: its scores mean nothing for patients.", "Use it for trying only.");
        foreach (var patients in routes.Destinations.Where(route => !route.Demonstration && route.Results))
            yield return Warning($"{patients.Name} is not marked as a demonstration destination: every result for it is withheld.", "Mark it (Demonstration: true) if it serves no patients.");
    }
}
