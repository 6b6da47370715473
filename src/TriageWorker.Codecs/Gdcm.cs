using System.Reflection;
using System.Runtime.InteropServices;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Codecs;

/// <summary>GDCM's C# binding (Debian's libgdcm-cil), loaded at run time: TriageWorker is built and runs without it.</summary>
internal static class Gdcm
{
    private const string Glue = "gdcmsharpglue", Debian = "/usr/lib/cli/gdcm-sharp-3.0";

    private static readonly string[] Codecs = ["RLECodec", "JPEGCodec", "JPEGLSCodec", "JPEG2000Codec"];

    /// <summary>RLE, JPEG (8 and 12 bit, lossless, SV1), JPEG-LS (lossless, near), JPEG 2000 (lossless, lossy): PS3.5 annex A.</summary>
    private static readonly string[] Asked =
    [
        "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70",
        "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91",
    ];

    public static DecoderReport Probe()
    {
        if (Load(out var missing) is not { } gdcm) return new DecoderReport("GDCM", null, [], missing);
        var version = (string?)Type(gdcm, "Version").GetMethod("GetVersion", [])?.Invoke(null, null);
        return new DecoderReport("GDCM", version, [.. Asked.Where(uid => Codecs.Any(codec => CanDecode(gdcm, codec, uid)))], null);
    }

    /// <returns>Null when it cannot be loaded, and then why.</returns>
    public static Assembly? Load(out string? missing)
    {
        missing = null;
        var folder = Environment.GetEnvironmentVariable("TRIAGE_GDCM") ?? Debian;
        var binding = Path.Combine(folder, "gdcm-sharp.dll");
        if (!File.Exists(binding))
        {
            missing = $"{binding} is not there; install libgdcm-cil or set TRIAGE_GDCM to its folder";
            return null;
        }

        try
        {
            var gdcm = Assembly.LoadFrom(binding);
            NativeLibrary.SetDllImportResolver(gdcm, (name, _, _) => name == Glue ? NativeLibrary.Load(Path.Combine(folder, $"lib{Glue}.so")) : 0);
            Type(gdcm, "Version").GetMethod("GetVersion", [])!.Invoke(null, null);
            return gdcm;
        }
        catch (Exception fault) when (fault is BadImageFormatException or FileLoadException or TypeLoadException or DllNotFoundException or TargetInvocationException or MissingMethodException)
        {
            missing = $"{binding} does not load: {(fault.InnerException ?? fault).GetBaseException().Message}";
            return null;
        }
    }

    private static bool CanDecode(Assembly gdcm, string codec, string uid)
    {
        var syntaxType = Type(gdcm, "TransferSyntax");
        var kind = syntaxType.GetMethod("GetTSType", [typeof(string)])!.Invoke(null, [uid]);
        using var syntax = (IDisposable)Activator.CreateInstance(syntaxType, kind)!;
        using var decoder = (IDisposable)Activator.CreateInstance(Type(gdcm, codec))!;
        return decoder.GetType().GetMethod("CanDecode", [syntaxType])!.Invoke(decoder, [syntax]) is true;
    }

    private static Type Type(Assembly gdcm, string name) => gdcm.GetType($"gdcm.{name}", throwOnError: true)!;
}
