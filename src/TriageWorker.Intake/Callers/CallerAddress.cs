using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Intake;

/// <summary>Where a caller may call from: anywhere, one address, or a network.</summary>
internal static class CallerAddress
{
    /// <summary>Why the text says no place; null when it does.</summary>
    public static string? FaultOf(string text)
    {
        if (text.Length == 0 || IPAddress.TryParse(text, out _)) return null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IPAddress.TryParse(text[..slash], out var address) || !int.TryParse(text[(slash + 1)..], out var bits)) return $"{text} is no IP address, nor a network such as 10.1.2.0/24.";
        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (bits < 0 || bits > most) return $"{text}: a prefix has 0 to {most} bits.";
        return Masked(address, bits).Equals(address) ? null : $"{text} has bits beyond its prefix of {bits}: write {Masked(address, bits)}/{bits}.";
    }

    /// <param name="text">Without a fault.</param>
    public static bool Covers(string text, EndPoint? remote)
    {
        if (text.Length == 0) return true;
        if (remote is not IPEndPoint { Address: var address }) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IPAddress.TryParse(text, out var one) ? address.Equals(one) : IPNetwork.Parse(text).Contains(address);
    }

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++) bytes[i] &= (byte)(0xFF << (8 - Math.Clamp(bits - 8 * i, 0, 8)));
        return new IPAddress(bytes);
    }
}
