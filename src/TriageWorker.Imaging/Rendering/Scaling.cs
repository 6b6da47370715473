namespace TriageWorker.Imaging.Rendering;

/// <summary>The part of an image that is shown, in pixels from its corner. Negative sizes are flipped.</summary>
public readonly record struct ShownPart(double Left, double Top, double Width, double Height);

/// <summary>Brings a part of an image to a size: each new pixel is the mean of what it covers, or lies between its neighbours where it covers less than one.</summary>
public static class Scaling
{
    /// <summary>As large as fits into the frame, in the shape of the part.</summary>
    public static DisplayImage Fit(DisplayImage image, ShownPart part, int mostWidth, int mostHeight)
    {
        var scale = Math.Min(mostWidth / Math.Abs(part.Width), mostHeight / Math.Abs(part.Height));
        var width = Math.Clamp((int)Math.Round(Math.Abs(part.Width) * scale), 1, mostWidth);
        var height = Math.Clamp((int)Math.Round(Math.Abs(part.Height) * scale), 1, mostHeight);
        var columns = Taps(part.Left, part.Width, width, image.Width);
        var rows = Taps(part.Top, part.Height, height, image.Height);
        var narrow = new float[width * image.Channels];
        var pixels = new byte[width * height * image.Channels];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(narrow);
            foreach (var (row, weight) in rows[y]) AddRow(image, row, weight, columns, narrow);
            for (var x = 0; x < narrow.Length; x++) pixels[(y * narrow.Length) + x] = (byte)Math.Clamp(MathF.Round(narrow[x]), 0, byte.MaxValue);
        }

        return new DisplayImage(width, height, image.Channels, pixels);
    }

    private static void AddRow(DisplayImage image, int row, float weight, (int From, float Weight)[][] columns, float[] sums)
    {
        var channels = image.Channels;
        var source = image.Pixels.AsSpan(row * image.Width * channels, image.Width * channels);
        for (var x = 0; x < columns.Length; x++)
            foreach (var (from, part) in columns[x])
                for (var channel = 0; channel < channels; channel++)
                    sums[(x * channels) + channel] += weight * part * source[(from * channels) + channel];
    }

    /// <summary>For each new pixel the old ones under a triangle of its own width, but never narrower than one old pixel.</summary>
    private static (int From, float Weight)[][] Taps(double start, double extent, int count, int available)
    {
        var step = Math.Abs(extent) / count;
        var reach = Math.Max(1, step);
        var all = new (int, float)[count][];
        for (var i = 0; i < count; i++)
        {
            var at = extent < 0 ? count - 1 - i : i;
            var center = start + ((at + 0.5) * step) - 0.5;
            var taps = new List<(int From, double Weight)>();
            for (var from = (int)Math.Ceiling(center - reach); from <= (int)Math.Floor(center + reach); from++)
                if (1 - (Math.Abs(from - center) / reach) is > 0 and var weight)
                    taps.Add((Math.Clamp(from, 0, available - 1), weight));
            var sum = taps.Sum(tap => tap.Weight);
            all[i] = [.. taps.Select(tap => (tap.From, (float)(tap.Weight / sum)))];
        }

        return all;
    }
}
