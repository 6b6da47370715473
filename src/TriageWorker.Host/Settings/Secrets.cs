using System.Text.RegularExpressions;

namespace TriageWorker.Host.Settings;

/// <summary>Hides what must not be printed: a key that names a secret, and passwords inside connection strings and addresses.</summary>
public static partial class Secrets
{
    private const string Mask = "••••••";

    public static string Masked(string key, string value)
    {
        if (value.Length == 0) return value;
        if (SecretName().IsMatch(key) || InHeaders().IsMatch(key)) return Mask;
        if (WebhookAddress().IsMatch(key) && Uri.TryCreate(value, UriKind.Absolute, out var address)) return $"{address.Scheme}://{address.Authority}/{Mask}";
        var hidden = InConnectionString().Replace(value, match => $"{match.Groups["name"].Value}={Mask}");
        return InAddress().Replace(hidden, match => $"{match.Groups["user"].Value}:{Mask}@");
    }

    [GeneratedRegex("(password|passphrase|secret|token|apikey)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("^Alarms:Webhooks:[^:]+:Headers:", RegexOptions.IgnoreCase)]
    private static partial Regex InHeaders();

    /// <summary>Who knows the path of a chat's or pager's webhook may write there.</summary>
    [GeneratedRegex("^Alarms:Webhooks:[^:]+:Url$", RegexOptions.IgnoreCase)]
    private static partial Regex WebhookAddress();

    [GeneratedRegex(@"(?<name>\b(?:password|pwd|passfile))\s*=\s*(?:'[^']*'|""[^""]*""|[^;]*)", RegexOptions.IgnoreCase)]
    private static partial Regex InConnectionString();

    [GeneratedRegex(@"(?<user>://[^/@:\s]*):[^/@\s]*@")]
    private static partial Regex InAddress();
}
