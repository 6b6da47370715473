using System.Collections.Frozen;

namespace TriageWorker.Host.Roles;

/// <summary>A part of the work that can run in a process of its own.</summary>
public enum Role
{
    /// <summary>Takes images from scanners and keeps them.</summary>
    Intake,

    /// <summary>Scores studies that are complete.</summary>
    Scoring,

    /// <summary>Writes results back to their destinations.</summary>
    Delivery,

    /// <summary>Shows the worklist and the studies.</summary>
    Web,

    /// <summary>Does what is due by the clock.</summary>
    Jobs,
}

/// <summary>Roles as people type them: <c>intake,scoring</c>.</summary>
public static class RoleNames
{
    public static FrozenSet<Role> All { get; } = Enum.GetValues<Role>().ToFrozenSet();

    public static string Text { get; } = string.Join(',', All.Order()).ToLowerInvariant();

    /// <exception cref="FormatException">Says which word is no role, and which are.</exception>
    public static FrozenSet<Role> Parse(string text)
    {
        var words = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0) throw new FormatException($"No role is named; there are: {Text}.");
        return words.Select(Read).ToFrozenSet();
    }

    private static Role Read(string word) =>
        char.IsLetter(word[0]) && Enum.TryParse<Role>(word, ignoreCase: true, out var role) ? role : throw new FormatException($"'{word}' is no role; there are: {Text}.");
}
