using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>The small checkpoints in the published layout beside the checkout, and what the original's own code says of one volume.</summary>
internal static partial class TinyMerlin
{
    public static (int X, int Y, int Z) Size => (96, 80, 64);

    public static string Path(string name) => Shared.At("merlin", "tiny", name);

    /// <summary>All numbers of an array that numpy.save wrote as little-endian float32, in C order.</summary>
    public static float[] Array(string name)
    {
        var file = File.ReadAllBytes(Path($"{name}.npy")).AsSpan();
        var header = BitConverter.ToUInt16(file[8..]);
        var text = Encoding.ASCII.GetString(file.Slice(10, header));
        if (!text.Contains("'<f4'", StringComparison.Ordinal) || !text.Contains("'fortran_order': False", StringComparison.Ordinal)) throw new InvalidDataException(text);
        var values = MemoryMarshal.Cast<byte, float>(file[(10 + header)..]).ToArray();
        values.Length.ShouldBe(Shape().Match(text).Groups["sizes"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(1, (product, size) => product * int.Parse(size, CultureInfo.InvariantCulture)));
        return values;
    }

    [GeneratedRegex(@"'shape': \((?<sizes>[^)]*)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
