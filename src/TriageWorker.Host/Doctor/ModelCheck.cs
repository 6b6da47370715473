using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Delivery;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Scoring;

namespace TriageWorker.Host.Doctor;

/// <summary>The model packages are whole, compute here what they must, and their results may go where they are meant to.</summary>
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
            using var models = new WarmModels(Options.Create(role), NullLogger<ScoringModel>.Instance); // as the scoring role does: digests, golden test, policy
            var took = clock.GetElapsedTime(began);
            return Task.FromResult<IReadOnlyList<Diagnosis>>([.. models.All.Select(Whole), .. models.All.SelectMany(Use), .. Mixed(models.All)]);

            Diagnosis Whole(WarmModel model) => Ok(string.Create(CultureInfo.InvariantCulture,
                $"{model.Package.Id} {model.Package.Version} is whole and passes its golden test on {model.Provider}, in {took.TotalSeconds:0.0} s{(models.All.Count > 1 ? " with the others" : "")}."));
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException or FormatException or IOException)
        {
            return Task.FromResult<IReadOnlyList<Diagnosis>>([Fault(fault.Message, "Mend Scoring:Packages; without them no scoring process starts.")]);
        }
    }

    private IEnumerable<Diagnosis> Use(WarmModel model)
    {
        if (model.IsSilent)
            yield return Warning($"{model.Package.Id}: no finding is approved: scores are kept, and nothing is shown or sent.", "Approve thresholds in a policy file and name it in Scoring:Packages, as the package's Policy.");
        if (model.PolicyTrouble is { } trouble)
            yield return Fault(trouble, "Until then the findings it names raise nothing.");
        if (model.PolicyRemark is { } remark)
            yield return Warning(remark, "It is used as it is meanwhile.");
        if (model.FallBack is { } why)
            yield return Warning(why, "Mend what the faster provider lacks, or name Cpu in Scoring:Provider if it is meant so.");
        if (!model.Package.Demonstration) yield break;
        yield return Warning($"{model.Package.Id} is a demonstration model: its scores mean nothing for patients.", "Use it for trying only.");
        foreach (var patients in routes.Destinations.Where(route => !route.Demonstration && route.Results))
            yield return Warning($"{patients.Name} is not marked as a demonstration destination: every result for it is withheld.", "Mark it (Demonstration: true) if it serves no patients.");
    }

    private IEnumerable<Diagnosis> Mixed(IReadOnlyList<WarmModel> models)
    {
        if (models.Any(model => model.Package.Demonstration) && models.Any(model => !model.Package.Demonstration))
            yield return Warning("A demonstration model scores beside another: its flags raise studies on the list as the other's do.", "Take the demonstration model out of Scoring:Packages where patients are read.");
    }
}
