using System.Text.RegularExpressions;

namespace TriageWorker.Host.Settings;

/// <summary>Hides what must not be printed: a key that names a secret, and passwords inside connection strings and addresses.</summary>
public static partial class Secrets
{
    private const string Mask = "••••••";

    public static string Masked(string key, string value)
    {
        if (value.Length == 0) return value;
        if (SecretName().IsMatch(key)) return Mask;
        var hidden = InConnectionString().Replace(value, match => $"{match.Groups["name"].Value}={Mask}");
        return InAddress().Replace(hidden, match => $"{match.Groups["user"].Value}:{Mask}@");
    }

    [GeneratedRegex("(password|passphrase|secret|token|apikey)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(?<name>\b(?:password|pwd|passfile))\s*=\s*(?:'[^']*'|""[^""]*""|[^;]*)", RegexOptions.IgnoreCase)]
    private static partial Regex InConnectionString();

    [GeneratedRegex(@"(?<user>://[^/@:\s]*):[^/@\s]*@")]
    private static partial Regex InAddress();
}
