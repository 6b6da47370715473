using System.Globalization;

namespace TriageWorker.DicomWeb;

/// <summary>The frames that an address names: numbers from 1, with commas between them (PS3.18, 10.4.1.1.3).</summary>
internal static class FrameList
{
    private const int Most = 10_000;

    /// <summary>Null when it is no list of frames.</summary>
    public static IReadOnlyList<int>? Read(string text)
    {
        var frames = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var frame) || frame < 1 || frames.Count == Most) return null;
            frames.Add(frame);
        }

        return frames;
    }
}
