using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Sessions;

/// <summary>Which graphs of a package are run.</summary>
public enum GraphPass
{
    All,

    /// <summary>What a study is decided on: those that are not <see cref="PackageGraph.IsDeferred"/>.</summary>
    Urgent,

    /// <summary>What comes after the urgent work.</summary>
    Deferred,
}
