using System.Globalization;

namespace TriageWorker.Host.Sending;

/// <summary>HOST:PORT as people type it; an IPv6 address stands in brackets.</summary>
public readonly record struct Receiver(string Host, int Port)
{
    /// <exception cref="FormatException">Says what is wrong with the text.</exception>
    public static Receiver Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0) throw new FormatException($"'{text}' is not HOST:PORT.");
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
            throw new FormatException($"'{text[(colon + 1)..]}' is no port: 1 to 65535.");
        return new Receiver(text[..colon].Trim('[', ']'), port);
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
