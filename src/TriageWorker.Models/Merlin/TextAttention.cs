using System.Globalization;

namespace TriageWorker.Models.Merlin;

/// <summary>How the text encoder's attention is divided. No tensor's name or shape tells it.</summary>
/// <param name="Window">How many tokens it spans in all, half of them on each side.</param>
internal sealed record TextAttention(int Heads, int Window)
{
    /// <summary>Clinical-Longformer's.</summary>
    public static TextAttention Published { get; } = new(12, 512);

    /// <summary>A token sees as many before it and as many behind it.</summary>
    public int Reach => Window / 2;

    /// <summary>Empty when it goes with the encoder.</summary>
    public string Fault(TextEncoder encoder)
    {
        if (Heads < 1 || encoder.Hidden % Heads != 0) return string.Create(CultureInfo.InvariantCulture, $"its states of {encoder.Hidden} numbers cannot be divided among {Heads} heads");
        return Window < 2 || Window % 2 != 0 ? string.Create(CultureInfo.InvariantCulture, $"attention spans an even number of tokens, and not {Window}") : "";
    }
}
