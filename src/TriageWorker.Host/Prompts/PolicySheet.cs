using System.Globalization;
using Spectre.Console;
using TriageWorker.Models.Packages;
using TriageWorker.Triage;

namespace TriageWorker.Host.Prompts;

/// <summary>A policy beside the package that it approves thresholds of: which still stand for the scores they were approved for, and what to write where they do not say it.</summary>
internal static class PolicySheet
{
    /// <exception cref="UserFault">It is no policy, or none for this package.</exception>
    public static Policy Read(string path, ModelPackage package)
    {
        try
        {
            var policy = PolicyFile.Parse(File.ReadAllBytes(path));
            return policy.PackageId == package.Id ? policy : throw new UserFault($"{path} is a policy for package {policy.PackageId}, not {package.Id}.");
        }
        catch (FormatException fault)
        {
            throw new UserFault($"{path}: {fault.Message}", fault);
        }
    }

    /// <returns>Whether every threshold stands.</returns>
    public static bool Write(IAnsiConsole console, Policy policy, ModelPackage package)
    {
        var made = FindingDigest.All(package);
        var table = new Table().Border(TableBorder.Simple).AddColumns("key", "level", "threshold", "approvedFor", "scored with here", "so");
        foreach (var approved in policy.Approved)
        {
            var here = made.GetValueOrDefault(approved.Key);
            table.AddPlainRow(approved.Key, approved.Level.ToString().ToUpperInvariant(), approved.Threshold.ToString(CultureInfo.InvariantCulture), approved.ApprovedFor ?? "not said", here ?? "not scored", Word(approved.ApprovedFor, here));
        }

        console.WriteLine($"{policy.Id} {policy.Version} over {package.Id} {package.Version}, SHA-256 {policy.Digest}");
        console.Write(table);
        var stands = policy.Approved.All(approved => made.GetValueOrDefault(approved.Key) is { } here && (approved.ApprovedFor ?? here) == here);
        console.WriteLine("A threshold that was approved for other scores is held back. When somebody has approved one for the scores that the package gives, write \"approvedFor\" with what it is scored with here.");
        return stands;
    }

    private static string Word(string? approvedFor, string? here) => here switch
    {
        null => "the package has no such finding: no scoring process starts with this policy",
        _ when approvedFor is null => "used, and nothing would notice if the scores became others",
        _ when approvedFor == here => "used",
        _ => "HELD BACK: approved for other sentences, weights or input",
    };
}
