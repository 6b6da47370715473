using System.Globalization;

namespace TriageWorker.DicomWeb;

/// <summary>How a picture is to be drawn, as parameters of its address (PS3.18, 8.3.5).</summary>
internal static class PictureQuery
{
    /// <summary>With its question mark; empty when the server may choose.</summary>
    public static string Of(RenderWindow? window, Viewport? viewport)
    {
        string[] parameters = [.. window is null ? [] : new[] { Of(window) }, .. viewport is null ? [] : new[] { Of(viewport) }];
        return parameters.Length == 0 ? "" : $"?{string.Join('&', parameters)}";
    }

    private static string Of(RenderWindow window)
    {
        var function = window.Function switch
        {
            WindowFunction.Linear => "linear",
            WindowFunction.LinearExact => "linear-exact",
            _ => "sigmoid",
        };
        return string.Create(CultureInfo.InvariantCulture, $"window={window.Center},{window.Width},{function}");
    }

    private static string Of(Viewport viewport)
    {
        var size = string.Create(CultureInfo.InvariantCulture, $"viewport={viewport.Width},{viewport.Height}");
        return viewport is { Left: 0, Top: 0, SourceWidth: null, SourceHeight: null } ? size
            : string.Create(CultureInfo.InvariantCulture, $"{size},{viewport.Left},{viewport.Top},{viewport.SourceWidth},{viewport.SourceHeight}");
    }
}
