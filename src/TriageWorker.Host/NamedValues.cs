using System.CommandLine;

namespace TriageWorker.Host;

/// <summary>Options that take one of a few words. A number is a value of an enumeration to .NET, though it may be none: <c>--precision 16</c> would be taken, and mean nothing.</summary>
internal static class NamedValues
{
    /// <summary>Refuses numbers; words that are none of them are refused already.</summary>
    public static void RequireWord<T>(Option option)
        where T : struct, Enum =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && long.TryParse(token.Value, out _)) result.AddError($"{option.Name} must be {string.Join(" or ", Enum.GetNames<T>())}, and not {token.Value}.");
        });
}
