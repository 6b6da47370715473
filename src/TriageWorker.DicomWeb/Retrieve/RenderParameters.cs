using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace TriageWorker.DicomWeb;

/// <summary>Reads what a rendered resource is asked for (PS3.18, 8.3.5).</summary>
internal static class RenderParameters
{
    private const int UsualQuality = 90, LargestSide = 4096;

    /// <returns>What is wrong, or null.</returns>
    public static string? TryRead(IQueryCollection query, string mediaType, int? frame, Viewport? usual, out RenderRequest request)
    {
        request = new(mediaType, frame, null, usual, UsualQuality);
        if (Value(query, "window") is { } window)
        {
            if (ReadWindow(window) is not { } read) return "window is center,width,function: two numbers, the width at least 1, and linear, linear-exact or sigmoid. For soft tissue in CT: window=40,400,linear.";
            request = request with { Window = read };
        }

        if (Value(query, "viewport") is { } viewport)
        {
            if (ReadViewport(viewport) is not { } read) return $"viewport is width,height or width,height,x,y,width,height: the size of the picture, up to {LargestSide}, then the part of the image.";
            request = request with { Viewport = read };
        }

        if (Value(query, "quality") is { } quality)
        {
            if (!int.TryParse(quality, NumberStyles.None, CultureInfo.InvariantCulture, out var read) || read is < 1 or > 100) return "quality is a whole number from 1 to 100.";
            request = request with { Quality = read };
        }

        return null;
    }

    private static string? Value(IQueryCollection query, string name) => query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    private static RenderWindow? ReadWindow(string text)
    {
        var parts = text.Split(',');
        if (parts.Length is < 2 or > 3 || Number(parts[0]) is not { } center || Number(parts[1]) is not { } width) return null;
        WindowFunction? function = (parts.Length == 2 ? "linear" : parts[2]).ToLowerInvariant() switch
        {
            "linear" => WindowFunction.Linear,
            "linear-exact" or "linear_exact" => WindowFunction.LinearExact,
            "sigmoid" => WindowFunction.Sigmoid,
            _ => null,
        };
        var least = function == WindowFunction.Linear ? 1 : double.Epsilon; // PS3.3, C.11.2.1.2.1
        return function is { } known && width >= least ? new(center, width, known) : null;
    }

    private static Viewport? ReadViewport(string text)
    {
        var parts = text.Split(',');
        if (parts.Length is not (2 or 6) || Side(parts[0]) is not { } width || Side(parts[1]) is not { } height) return null;
        if (parts.Length == 2) return new(width, height);
        double? At(int place, double? otherwise) => parts[place].Length == 0 ? otherwise : Number(parts[place]) ?? double.NaN;
        var read = new Viewport(width, height, At(2, 0)!.Value, At(3, 0)!.Value, At(4, null), At(5, null));
        return read.Left >= 0 && read.Top >= 0 && read.SourceWidth is null or (not 0 and not double.NaN) && read.SourceHeight is null or (not 0 and not double.NaN) ? read : null;
    }

    private static int? Side(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var side) && side is >= 1 and <= LargestSide ? side : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
